import { Link } from '@tanstack/react-router'
import { buttonStyle } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'

/** Leads to the screen where a key is created. Render it only for those who may create one. */
export const CreateKeyLink = ({ organizationId }: { readonly organizationId: string }) => (
  <Link to="/console/$organizationId/keys/new" params={{ organizationId }} {...buttonStyle({ variant: 'primary' })}>
    <Icon name="plus" />
    Create a key
  </Link>
)
