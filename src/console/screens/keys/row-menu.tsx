import { useNavigate } from '@tanstack/react-router'
import type { KeyRowFragment } from '../../generated/graphql.ts'
import { useRights } from '../../rights/rights.ts'
import { usePlace } from '../../shell/place.ts'
import { useToasts } from '../../shell/toasts.tsx'
import { IconButton } from '../../ui/button.tsx'
import { Menu } from '../../ui/menu.tsx'
import { refusalsOf } from '../key/key-rights.ts'
import type { KeyDialog } from '../key/search.ts'

/** What can be done with one key of the list. Actions open on the page of the key, which knows everything about it. */
export const RowMenu = ({ entry }: { readonly entry: KeyRowFragment }) => {
  const navigate = useNavigate()
  const toasts = useToasts()
  const rights = useRights()
  const { viewer } = usePlace()
  const open = (dialog?: KeyDialog) => () =>
    void navigate({
      to: '/console/$organizationId/keys/$keyId',
      params: { organizationId: entry.organization.id, keyId: entry.id },
      search: dialog === undefined ? {} : { dialog },
    })
  const copyId = async () => {
    try {
      await navigator.clipboard.writeText(entry.id)
      toasts.show('Id copied', entry.id)
    } catch {
      // The clipboard needs a secure context and permission.
      toasts.show('Copying failed', entry.id)
    }
  }
  const refusals = refusalsOf(entry, viewer.user?.id, rights)
  return (
    <Menu
      trigger={<IconButton icon="more" size="small" label={`Actions for ${entry.name}`} />}
      groups={[
        [
          { label: 'Open', icon: 'key', onSelect: open() },
          { label: 'Copy id', icon: 'copy', onSelect: () => void copyId() },
        ],
        [
          { label: 'Rotate…', icon: 'rotate', onSelect: open('rotate'), disabledReason: refusals.rotate },
          { label: 'Suspend…', icon: 'pause', onSelect: open('suspend'), disabledReason: refusals.suspend },
          { label: 'Revoke…', icon: 'stop', danger: true, onSelect: open('revoke'), disabledReason: refusals.revoke },
        ],
      ]}
    />
  )
}
