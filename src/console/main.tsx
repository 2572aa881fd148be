import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ConsoleApp } from './app/console-app.tsx'
import { signInByFirstStartCode } from './session/first-start-code.ts'
import { applyTheme } from './shell/theme.ts'
import './console.css'

applyTheme()
const refused = await signInByFirstStartCode()
if (refused !== null) history.replaceState(null, '', `/console/sign-in?reason=${refused}`)

const root = document.getElementById('root')
if (root === null) throw new Error('The page has no #root.')
createRoot(root).render(
  <StrictMode>
    <ConsoleApp />
  </StrictMode>,
)
