import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { signOut } from '../session/session.ts'
import { usePlace } from './place.ts'
import { chooseTheme, readTheme, type Theme } from './theme.ts'

const THEME_NAMES: Readonly<Record<Theme, string>> = {
  system: 'System theme',
  light: 'Light theme',
  dark: 'Dark theme',
}

/** Who is signed in, the theme, and the way out. */
export const AccountMenu = () => {
  const { viewer, organization } = usePlace()
  const [theme, setTheme] = useState(readTheme)
  const leave = async () => {
    await signOut()
    location.assign('/console/sign-in')
  }
  return (
    <div className="shell-account">
      <label>
        <span className="visually-hidden">Theme</span>
        <select
          value={theme}
          onChange={({ target }) => {
            const chosen = target.value as Theme
            chooseTheme(chosen)
            setTheme(chosen)
          }}
        >
          {Object.entries(THEME_NAMES).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <Link to="/console/$organizationId/account" params={{ organizationId: organization.id }} className="shell-link">
        {viewer.user?.name ?? viewer.user?.email ?? 'My account'}
      </Link>
      <button type="button" className="button" data-variant="quiet" onClick={() => void leave()}>
        Sign out
      </button>
    </div>
  )
}
