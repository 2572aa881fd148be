import { useState } from 'react'
import { nextStepOf } from '../../data/console-error.ts'
import { useAction } from '../../data/use-action.ts'
import { useData } from '../../data/use-data.ts'
import {
  KeyCountDocument,
  type KeyFilter,
  type KeyKind,
  type KeyRowFragment,
  type RevocationReason,
  RevokeManyKeysDocument,
} from '../../generated/graphql.ts'
import { CopyAs } from '../../shell/copy-as.tsx'
import { useToasts } from '../../shell/toasts.tsx'
import { Callout } from '../../ui/callout.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { Select } from '../../ui/select.tsx'

/** Which keys to revoke. `keys` is null where a filter names them. */
export interface RevokeTarget {
  readonly organizationId: string
  readonly kind: KeyKind | null
  readonly filter: KeyFilter
  readonly keys: readonly KeyRowFragment[] | null
}

export interface RevokeKeysDialogProps {
  readonly target: RevokeTarget
  readonly onClose: () => void
  readonly onRevoked: () => void
}

const REASONS: readonly { readonly value: RevocationReason; readonly label: string }[] = [
  { value: 'NO_LONGER_NEEDED', label: 'No longer needed' },
  { value: 'COMPROMISED', label: 'Compromised: somebody else may know the secret' },
  { value: 'SUPERSEDED', label: 'Superseded by another key' },
  { value: 'OWNER_LEFT', label: 'The owner has left' },
  { value: 'POLICY', label: 'Against the policy' },
  { value: 'UNSPECIFIED', label: 'Other' },
]

const LIVE = ['ACTIVE', 'SUSPENDED', 'EXPIRED'] as const
/** A key that was used within this time is probably in use. */
const IN_USE_MS = 24 * 3_600_000
const NAMES_SHOWN = 8

/** How many keys the mutation would revoke: those that match and are not revoked yet. */
const useExpectedCount = ({ organizationId, kind, filter }: RevokeTarget): number | null => {
  const status = filter.status?.filter((one) => one !== 'REVOKED') ?? [...LIVE]
  const lists = { isAll: kind === null, isApi: kind === 'API_KEY', isPersonal: kind === 'PERSONAL_ACCESS_KEY' }
  const { data } = useData(
    KeyCountDocument,
    { organizationId, filter: { ...filter, status }, ...lists },
    { reach: 'below' },
  )
  const counted = data?.organization
  return (counted?.keys ?? counted?.apiKeys ?? counted?.personalAccessKeys)?.totalCount ?? null
}

/** Asks before keys are revoked, and says what stops working. */
export const RevokeKeysDialog = ({ target, onClose, onRevoked }: RevokeKeysDialogProps) => {
  const [reason, setReason] = useState<RevocationReason>('NO_LONGER_NEEDED')
  const expected = useExpectedCount(target)
  const revoke = useAction(RevokeManyKeysDocument, { errors: 'inline' })
  const toasts = useToasts()
  const { organizationId, kind, filter, keys } = target
  const input = { organizationId, filter, expectedCount: expected ?? 0, reason, ...(kind === null ? {} : { kind }) }
  const confirm = async () => {
    const done = await revoke.run({ input })
    if (done === null) return
    toasts.show(`${done.revokeKeys.revokedCount.toLocaleString('en')} keys revoked`)
    onRevoked()
  }
  const what = expected === null ? 'these keys' : expected === 1 ? '1 key' : `${expected.toLocaleString('en')} keys`
  return (
    <ConfirmDialog
      open
      danger
      title={`Revoke ${what}?`}
      action={`Revoke ${what}`}
      onClose={onClose}
      onConfirm={confirm}
      {...(expected === null || expected === 1 ? {} : { typeToConfirm: String(expected) })}
      error={revoke.error !== null && `${revoke.error.message} ${nextStepOf(revoke.error) ?? ''}`}
      extra={<CopyAs document={RevokeManyKeysDocument} variables={{ input }} command={commandOf(keys, reason)} />}
    >
      <p>
        They stop working at once, and so does every access token that was exchanged from them. This cannot be undone.
        If the number of keys changes meanwhile, none is revoked.
      </p>
      {keys !== null && <Impact keys={keys} />}
      <Field label="Reason" hint="It is kept in the audit log.">
        <Select value={reason} options={REASONS} onChange={setReason} />
      </Field>
    </ConfirmDialog>
  )
}

/** One command for each key: the command line revokes by id. */
const commandOf = (keys: RevokeTarget['keys'], reason: RevocationReason): string | null =>
  keys === null
    ? null
    : keys
        .filter(({ status }) => status !== 'REVOKED')
        .map(
          ({ id, kind }) =>
            `keyturn ${kind === 'API_KEY' ? 'keys' : 'personal-keys'} revoke ${id} --reason ${reason} --yes`,
        )
        .join('\n')

const Impact = ({ keys }: { readonly keys: readonly KeyRowFragment[] }) => {
  const live = keys.filter(({ status }) => status !== 'REVOKED')
  const now = Date.now()
  const isInUse = ({ lastUsedAt }: KeyRowFragment) => lastUsedAt != null && now - Date.parse(lastUsedAt) < IN_USE_MS
  const inUse = live.filter(isInUse)
  return (
    <>
      {inUse.length > 0 && (
        <Callout tone="warn">
          {inUse.length === 1 ? '1 of them was' : `${inUse.length} of them were`} used within the last 24 hours. What
          uses it fails on its next request.
        </Callout>
      )}
      <ul className="impact">
        {live.slice(0, NAMES_SHOWN).map(({ id, name, lastUsedAt }) => (
          <li key={id}>
            <strong>{name}</strong>
            <span className="muted small">
              {lastUsedAt == null ? (
                'never used'
              ) : (
                <>
                  used <RelativeTime instant={lastUsedAt} focusable={false} />
                </>
              )}
            </span>
          </li>
        ))}
        {live.length > NAMES_SHOWN && <li className="muted">and {live.length - NAMES_SHOWN} more</li>}
      </ul>
    </>
  )
}
