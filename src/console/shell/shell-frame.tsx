import { Outlet, useRouterState } from '@tanstack/react-router'
import { Suspense, useEffect, useEffectEvent, useState } from 'react'
import { WarningNotifier } from '../screens/warnings/warning-notifier.tsx'
import { IconButton } from '../ui/button.tsx'
import { Kbd } from '../ui/code.tsx'
import { Icon } from '../ui/icon.tsx'
import { onDemand } from '../ui/on-demand.tsx'
import { Skeleton } from '../ui/states.tsx'
import { AccountMenu } from './account-menu.tsx'
import { ConnectionBanner } from './connection-banner.tsx'
import { Navigation } from './navigation.tsx'
import { OrganizationSwitcher } from './organization-switcher.tsx'
import { useFocusRescue } from './use-focus-rescue.ts'
import './shell.css'
// Screens open dialogs from code that comes later: what draws them is loaded once, after the first screen.
import '../ui/dialog.tsx'

const CommandPalette = onDemand(async () => (await import('./command-palette.tsx')).CommandPalette)

type Palette = 'everything' | 'organizations' | null

/** The frame: navigation at the side, the screen beside it. On a narrow page the navigation opens from the top bar. */
export const ShellFrame = () => {
  const [isOpen, setOpen] = useState(false)
  const [palette, setPalette] = useState<Palette>(null)
  usePaletteShortcut(() => setPalette('everything'))
  useFocusOnNavigation()
  useFocusRescue('content')
  const close = () => setOpen(false)
  return (
    <div className="shell" data-nav={isOpen ? 'open' : undefined}>
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <header className="shell-bar">
        <IconButton
          icon={isOpen ? 'cross' : 'menu'}
          label={isOpen ? 'Close the navigation' : 'Open the navigation'}
          aria-expanded={isOpen}
          aria-controls="navigation"
          onClick={() => setOpen(!isOpen)}
        />
        <span className="shell-brand">Keyturn</span>
        <IconButton icon="search" label="Search and commands" onClick={() => setPalette('everything')} />
      </header>
      <section className="shell-side" id="navigation" aria-label="Navigation and account">
        <OrganizationSwitcher onOpen={() => setPalette('organizations')} />
        <button type="button" className="shell-search" onClick={() => setPalette('everything')}>
          <Icon name="search" />
          <span>Search</span>
          <Kbd>{/Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘ K' : 'Ctrl K'}</Kbd>
        </button>
        <Navigation onNavigate={close} />
        <AccountMenu onNavigate={close} />
      </section>
      <main className="shell-main" id="content" tabIndex={-1}>
        <ConnectionBanner />
        <div className="shell-content">
          <Suspense fallback={<Skeleton lines={8} />}>
            <Outlet />
          </Suspense>
        </div>
      </main>
      <WarningNotifier />
      {palette !== null && <CommandPalette key={palette} scope={palette} onClose={() => setPalette(null)} />}
    </div>
  )
}

/** Ctrl-K or Cmd-K, also while a text field has the focus. */
const usePaletteShortcut = (open: () => void): void => {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey) return
    event.preventDefault()
    open()
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent) => press(event)
    document.addEventListener('keydown', listener)
    return () => document.removeEventListener('keydown', listener)
  }, [])
}

/** After a navigation, the focus and the title of the window are those of the new screen. */
const useFocusOnNavigation = (): void => {
  const path = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname })
  const [first] = useState(path)
  useEffect(() => {
    const name = () => {
      const heading = document.querySelector('main h1')?.textContent
      document.title = heading ? `${heading} · Keyturn` : 'Keyturn'
    }
    name()
    // A screen's heading can come with its data.
    const observer = new MutationObserver(name)
    const main = document.getElementById('content')
    if (main !== null) observer.observe(main, { childList: true, subtree: true })
    if (path !== first && !main?.contains(document.activeElement)) main?.focus({ preventScroll: true })
    return () => observer.disconnect()
  }, [path, first])
}
