import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { leave } from '../session/leave.ts'
import { IconButton } from '../ui/button.tsx'
import { Monogram } from './monogram.tsx'
import { usePlace } from './place.ts'
import { chooseTheme, readTheme, type Theme } from './theme.ts'

const NEXT: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' }
const ICONS = { system: 'contrast', light: 'sun', dark: 'moon' } as const

/** Who is signed in, the theme, and the way out. */
export const AccountMenu = ({ onNavigate }: { readonly onNavigate: () => void }) => {
  const { viewer, organization } = usePlace()
  const [theme, setTheme] = useState(readTheme)
  const name = viewer.user?.name ?? viewer.user?.email ?? 'My account'
  return (
    <div className="shell-account">
      <Link
        to="/console/$organizationId/account"
        params={{ organizationId: organization.id }}
        className="shell-link"
        onClick={onNavigate}
      >
        <Monogram name={name} round />
        <span className="shell-account__name">{name}</span>
      </Link>
      <IconButton
        icon={ICONS[theme]}
        label={`Theme: ${theme}. Change to ${NEXT[theme]}`}
        onClick={() => {
          chooseTheme(NEXT[theme])
          setTheme(NEXT[theme])
        }}
      />
      <IconButton icon="sign-out" label="Sign out" onClick={() => void leave()} />
    </div>
  )
}
