import { Link } from '@tanstack/react-router'
import { Icon } from '../ui/icon.tsx'

/** Leads from one key to the list. */
export const KeysLink = ({ organizationId }: { readonly organizationId: string }) => (
  <Link to="/console/$organizationId/keys" params={{ organizationId }} className="parent-link">
    <Icon name="chevron-left" />
    Keys
  </Link>
)
