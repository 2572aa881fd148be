import { useState } from 'react'
import { nextStepOf } from '../../data/console-error.ts'
import { useAction } from '../../data/use-action.ts'
import { type RevocationReason, RevokeKeyInConsoleDocument } from '../../generated/graphql.ts'
import { revokeCommand } from '../../keys/key-commands.ts'
import { CopyAs } from '../../shell/copy-as.tsx'
import { useToasts } from '../../shell/toasts.tsx'
import { Checkbox } from '../../ui/choice.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Select } from '../../ui/select.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import { Impact } from './impact.tsx'
import type { KeyFacts } from './key-facts.ts'
import { SignOutNotice } from './sign-out-notice.tsx'

const REASONS = [
  { value: 'UNSPECIFIED', label: 'Not stated' },
  { value: 'NO_LONGER_NEEDED', label: 'No longer needed' },
  { value: 'COMPROMISED', label: 'Compromised: somebody else may have it' },
  { value: 'SUPERSEDED', label: 'Superseded by another key' },
  { value: 'OWNER_LEFT', label: 'Its owner has left' },
] as const satisfies readonly { value: RevocationReason; label: string }[]

const RECENT_MS = 7 * 24 * 3_600_000

/** Whether revoking hits something that works today. */
const isInUse = ({ lastUsedAt }: KeyFacts): boolean =>
  lastUsedAt == null || Date.now() - new Date(lastUsedAt).getTime() < RECENT_MS

export interface RevokeDialogProps {
  readonly keyFacts: KeyFacts
  readonly onClose: () => void
  readonly onChanged: () => void
}

/** Ends a key for good: says what stops working, and has the name typed where that may hurt. */
export const RevokeDialog = ({ keyFacts, onClose, onChanged }: RevokeDialogProps) => {
  const toasts = useToasts()
  const revoke = useAction(RevokeKeyInConsoleDocument, { errors: 'inline' })
  const [reason, setReason] = useState<(typeof REASONS)[number]['value']>('UNSPECIFIED')
  const [note, setNote] = useState('')
  const [descendants, setDescendants] = useState(false)
  const input = {
    id: keyFacts.id,
    reason,
    ...(note.trim() !== '' && { note: note.trim() }),
    ...(descendants && { descendants: true }),
  }
  const confirm = async (): Promise<void> => {
    const done = await revoke.run({ input })
    if (!done) return
    const count = done.revokeKey.revokedKeyIds.length
    toasts.show(count > 1 ? `${count} keys revoked` : `${keyFacts.name} is revoked`)
    onChanged()
    onClose()
  }
  return (
    <ConfirmDialog
      open
      danger
      onClose={onClose}
      title={`Revoke “${keyFacts.name}”?`}
      action="Revoke"
      onConfirm={confirm}
      extra={
        <CopyAs document={RevokeKeyInConsoleDocument} variables={{ input }} command={revokeCommand(keyFacts, input)} />
      }
      error={revoke.error && [revoke.error.message, nextStepOf(revoke.error)].filter(Boolean).join(' ')}
      {...((isInUse(keyFacts) || descendants) && { typeToConfirm: keyFacts.name })}
    >
      <p>This cannot be undone. What stops working at once:</p>
      <Impact keyFacts={keyFacts} />
      <SignOutNotice keyFacts={keyFacts} />
      <Checkbox
        label="Also every key that was created with it"
        hint="And the keys that were created with those. For a key that somebody else may have used."
        checked={descendants}
        onChange={setDescendants}
      />
      <Field label="Reason">
        <Select value={reason} onChange={setReason} options={REASONS} />
      </Field>
      <Field label="Note" optional hint="For the audit log.">
        <TextInput value={note} maxLength={500} onChange={(event) => setNote(event.target.value)} />
      </Field>
    </ConfirmDialog>
  )
}
