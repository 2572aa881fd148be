import { Link } from '@tanstack/react-router'
import type { LiveEvent } from '../data/live-event.ts'
import { useData } from '../data/use-data.ts'
import { OpenWarningCountDocument } from '../generated/graphql.ts'
import { useRights } from '../rights/rights.ts'
import { Icon } from '../ui/icon.tsx'
import { usePlace } from './place.ts'
import { SCREEN_GROUPS } from './screens.ts'

/** The screens of the organization, with the number of open warnings. */
export const Navigation = ({ onNavigate }: { readonly onNavigate: () => void }) => {
  const { organization } = usePlace()
  return (
    <nav className="shell-nav" aria-label="Screens">
      {SCREEN_GROUPS.map(({ title, screens }) => (
        <div key={title}>
          <h2 className="shell-nav__title">{title}</h2>
          <ul>
            {screens.map((screen) => (
              <li key={screen.to}>
                <Link
                  to={screen.to}
                  params={{ organizationId: organization.id }}
                  activeOptions={{ exact: screen.to === '/console/$organizationId', includeSearch: false }}
                  className="shell-link"
                  onClick={onNavigate}
                >
                  <Icon name={screen.icon} />
                  {screen.title}
                  {screen.title === 'Warnings' && <OpenWarnings organizationId={organization.id} />}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  )
}

/** A new key has no warnings. */
const isNoNewKey = ({ type }: LiveEvent): boolean => type !== 'KEY_CREATED'

/** More are not counted one by one. */
const MOST_COUNTED = 50

const OpenWarnings = ({ organizationId }: { readonly organizationId: string }) => {
  const pause = !useRights().has('keys', 'VIEWER')
  const { data } = useData(OpenWarningCountDocument, { organizationId }, { pause, concerns: isNoNewKey })
  const count = data?.organization?.expiryWarnings?.edges.length ?? 0
  if (count === 0) return null
  return (
    <span className="shell-count">
      {count > MOST_COUNTED ? `${MOST_COUNTED}+` : count}
      <span className="visually-hidden"> open</span>
    </span>
  )
}
