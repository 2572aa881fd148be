import { Outlet } from '@tanstack/react-router'
import { Suspense, useState } from 'react'
import { Splash } from '../app/not-found.tsx'
import { AccountMenu } from './account-menu.tsx'
import { ConnectionBanner } from './connection-banner.tsx'
import { Navigation } from './navigation.tsx'
import { OrganizationSwitcher } from './organization-switcher.tsx'
import './shell.css'

/** The frame: navigation at the side, the screen beside it. On a narrow page the navigation opens from the top bar. */
export const ShellFrame = () => {
  const [isOpen, setOpen] = useState(false)
  return (
    <div className="shell" data-nav={isOpen ? 'open' : 'closed'}>
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <header className="shell-bar">
        <button
          type="button"
          className="button"
          data-variant="quiet"
          data-square=""
          aria-expanded={isOpen}
          aria-controls="navigation"
          aria-label="Navigation"
          onClick={() => setOpen(!isOpen)}
        >
          <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
            <path d="M2 4h12M2 8h12M2 12h12" />
          </svg>
        </button>
        <span className="shell-brand">Keyturn</span>
      </header>
      <aside className="shell-side" id="navigation">
        <OrganizationSwitcher />
        <Navigation onNavigate={() => setOpen(false)} />
        <AccountMenu />
      </aside>
      <main className="shell-main" id="content" tabIndex={-1}>
        <ConnectionBanner />
        <Suspense fallback={<Splash />}>
          <Outlet />
        </Suspense>
      </main>
    </div>
  )
}
