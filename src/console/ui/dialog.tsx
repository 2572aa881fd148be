import { lazy, Suspense, useEffect, useState } from 'react'
import type { DialogProps } from './modal-dialog.tsx'

const load = () => import('./modal-dialog.tsx')
const ModalDialog = lazy(async () => ({ default: (await load()).ModalDialog }))

/** Ahead of its use. Without a connection it is loaded when it is opened. */
const preload = () => void load().catch(() => undefined)

/** A screen comes first; its dialogs are not needed at once. */
const LOAD_MS = 2_000

/**
 * A modal dialog. The focus stays inside, and returns to where it was. With `onSubmit` it is a form. Its code is loaded after
 * the screen that has it.
 */
export const Dialog = (props: DialogProps) => {
  const [wasOpened, setOpened] = useState(props.open)
  if (props.open && !wasOpened) setOpened(true)
  useEffect(() => {
    const timer = setTimeout(preload, LOAD_MS)
    return () => clearTimeout(timer)
  }, [])
  // Stays mounted after it was open: closing is an animation.
  return (
    wasOpened && (
      <Suspense>
        <ModalDialog {...props} />
      </Suspense>
    )
  )
}
