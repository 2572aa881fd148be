import { useNavigate } from '@tanstack/react-router'
import { usePlace } from './place.ts'

/** Switches between the organizations of the person, and up and down from the current one. */
export const OrganizationSwitcher = () => {
  const { viewer, organization } = usePlace()
  const navigate = useNavigate()
  const near = [organization, ...(organization.parent == null ? [] : [organization.parent])]
  const all = new Map([...viewer.organizations, ...near, ...organization.suborganizations].map((one) => [one.id, one]))
  return (
    <label className="shell-switcher">
      <span className="visually-hidden">Organization</span>
      <select
        value={organization.id}
        onChange={({ target }) =>
          void navigate({ to: '/console/$organizationId', params: { organizationId: target.value } })
        }
      >
        {[...all.values()].map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}
