import { Icon } from '../ui/icon.tsx'
import { Monogram } from './monogram.tsx'
import { usePlace } from './place.ts'

/** The current organization. Opens the command palette with the others. */
export const OrganizationSwitcher = ({ onOpen }: { readonly onOpen: () => void }) => {
  const { organization } = usePlace()
  return (
    <button type="button" className="shell-switcher" aria-haspopup="dialog" onClick={onOpen}>
      <Monogram name={organization.name} />
      <span className="shell-switcher__text">
        <span className="visually-hidden">Organization: </span>
        <strong>{organization.name}</strong>
        {organization.parent != null && <span className="muted small">in {organization.parent.name}</span>}
      </span>
      <Icon name="sort" />
    </button>
  )
}
