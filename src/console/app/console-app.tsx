import { CSPProvider } from '@base-ui/react/csp-provider'
import { RouterProvider } from '@tanstack/react-router'
import { useState } from 'react'
import { Provider as QueryProvider } from 'urql'
import { createQueryClient } from '../data/clients.ts'
import { leaveForSignIn } from '../session/leave.ts'
import { ToastProvider } from '../shell/toasts.tsx'
import { createConsoleRouter } from './router.ts'

/** The whole console. */
export const ConsoleApp = () => {
  const [queries] = useState(() => createQueryClient((error) => leaveForSignIn(error.reason)))
  const [router] = useState(createConsoleRouter)
  return (
    <CSPProvider disableStyleElements>
      <QueryProvider value={queries}>
        <ToastProvider>
          <RouterProvider router={router} />
        </ToastProvider>
      </QueryProvider>
    </CSPProvider>
  )
}
