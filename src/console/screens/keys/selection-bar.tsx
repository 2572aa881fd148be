import { useState } from 'react'
import type { KeyFilter, KeyRowFragment } from '../../generated/graphql.ts'
import { useRights } from '../../rights/rights.ts'
import { Button } from '../../ui/button.tsx'
import { onDemand } from '../../ui/on-demand.tsx'
import type { RevokeTarget } from './revoke-keys-dialog.tsx'

const RevokeKeysDialog = onDemand(async () => (await import('./revoke-keys-dialog.tsx')).RevokeKeysDialog)

export interface SelectionBarProps {
  readonly organizationId: string
  readonly filter: KeyFilter
  readonly list: { readonly isAll: boolean; readonly isApi: boolean; readonly isPersonal: boolean }
  readonly total: number | null
  readonly selected: ReadonlyMap<string, KeyRowFragment>
  readonly onClear: () => void
}

/** The most ids that one mutation takes. */
const MOST_IDS = 100

/** What can be done with the selected keys, or with all that the filters find. A new selection starts with the keys alone. */
export const SelectionBar = (props: SelectionBarProps) => props.selected.size > 0 && <Selection {...props} />

const Selection = ({ organizationId, filter, list, total, selected, onClear }: SelectionBarProps) => {
  const { denied } = useRights()
  const [isEverything, setEverything] = useState(false)
  const [isOpen, setOpen] = useState(false)
  const keys = [...selected.values()]
  const kind = list.isApi ? 'API_KEY' : list.isPersonal ? 'PERSONAL_ACCESS_KEY' : null
  const target: RevokeTarget = {
    organizationId,
    kind,
    filter: isEverything ? filter : { ids: keys.map(({ id }) => id), includeSuborganizations: true },
    keys: isEverything ? null : keys,
  }
  const tooMany =
    !isEverything && keys.length > MOST_IDS ? `At most ${MOST_IDS} single keys can be revoked at once.` : null
  const count = isEverything ? (total ?? 0) : keys.length
  return (
    <section className="selection" aria-label="Selected keys">
      <span role="status">
        {isEverything ? `All ${count.toLocaleString('en')} keys that match` : `${count} selected`}
      </span>
      {!isEverything && total !== null && total > keys.length && (
        <Button size="small" variant="quiet" onClick={() => setEverything(true)}>
          Select all {total.toLocaleString('en')} that match
        </Button>
      )}
      <Button
        size="small"
        variant="danger-plain"
        icon="stop"
        disabledReason={denied('keys', 'MANAGER') ?? tooMany}
        onClick={() => setOpen(true)}
      >
        Revoke…
      </Button>
      <Button size="small" variant="quiet" onClick={onClear}>
        Clear selection
      </Button>
      {isOpen && (
        <RevokeKeysDialog
          target={target}
          onClose={() => setOpen(false)}
          onRevoked={() => {
            setOpen(false)
            onClear()
          }}
        />
      )}
    </section>
  )
}
