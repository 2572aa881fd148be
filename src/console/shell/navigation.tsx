import { Link } from '@tanstack/react-router'
import { usePlace } from './place.ts'
import { SCREENS } from './screens.ts'

/** The screens of the organization. */
export const Navigation = ({ onNavigate }: { readonly onNavigate: () => void }) => {
  const { organization } = usePlace()
  return (
    <nav className="shell-nav" aria-label="Screens">
      <ul>
        {SCREENS.map(({ to, title, icon }) => (
          <li key={to}>
            <Link
              to={to}
              params={{ organizationId: organization.id }}
              activeOptions={{ exact: to === '/console/$organizationId', includeSearch: false }}
              className="shell-link"
              onClick={onNavigate}
            >
              <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
                <path d={icon} />
              </svg>
              {title}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
