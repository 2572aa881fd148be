import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ConsoleApp } from './app/console-app.tsx'
import { handleArrival } from './session/arrival.ts'
import { takeReturn } from './session/return-path.ts'
import { applyTheme } from './shell/theme.ts'
import './console.css'

applyTheme()
const refused = await handleArrival()
if (refused !== null) history.replaceState(null, '', `/console/sign-in?reason=${refused}`)
if (refused === null && location.pathname === '/') {
  const back = takeReturn()
  if (back !== null) history.replaceState(null, '', back)
}

const root = document.getElementById('root')
if (root === null) throw new Error('The page has no #root.')
createRoot(root).render(
  <StrictMode>
    <ConsoleApp />
  </StrictMode>,
)
