import { useState } from 'react'
import { nextStepOf } from '../../data/console-error.ts'
import { useAction } from '../../data/use-action.ts'
import { useData } from '../../data/use-data.ts'
import { KeyModulesDocument, UpdateKeyInConsoleDocument } from '../../generated/graphql.ts'
import { GrantPicker } from '../../keys/grant-picker.tsx'
import { chosenOf, orderModules } from '../../keys/grantable.ts'
import { issueOf } from '../../keys/issue-of.ts'
import { rangesFault } from '../../keys/ranges.ts'
import { RangesField } from '../../keys/ranges-field.tsx'
import { useRights } from '../../rights/rights.ts'
import { CopyAs } from '../../shell/copy-as.tsx'
import { useToasts } from '../../shell/toasts.tsx'
import { Button } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { TextArea, TextInput } from '../../ui/text-input.tsx'
import { changeOf, type EditDraft } from './edit-draft.ts'
import type { KeyFacts } from './key-facts.ts'

export interface EditDialogProps {
  readonly keyFacts: KeyFacts
  readonly onClose: () => void
  readonly onChanged: () => void
}

/** Changes name, description, grants and addresses. The expiry changes with a rotation alone. */
export const EditDialog = ({ keyFacts, onClose, onChanged }: EditDialogProps) => {
  const rights = useRights()
  const toasts = useToasts()
  const { data } = useData(KeyModulesDocument, { organizationId: keyFacts.organization.id }, { live: false })
  const update = useAction(UpdateKeyInConsoleDocument, { errors: 'inline' })
  const [draft, setDraft] = useState<EditDraft>(() => ({
    name: keyFacts.name,
    description: keyFacts.description ?? '',
    grants: chosenOf(keyFacts.grants),
    ranges: keyFacts.allowedIps?.join('\n') ?? '',
  }))
  const set = (change: Partial<EditDraft>): void => setDraft({ ...draft, ...change })
  const input = changeOf(keyFacts, draft)
  const fault =
    rangesFault(draft.ranges) ??
    (draft.name.trim() === '' ? 'Enter a name.' : null) ??
    (Object.keys(draft.grants).length === 0 ? 'Choose at least one role.' : null) ??
    (Object.keys(input).length === 1 ? 'Nothing is changed yet.' : null)
  const save = async (): Promise<void> => {
    if (fault !== null || !(await update.run({ input }))) return
    toasts.show('Saved')
    onChanged()
    onClose()
  }
  return (
    <Dialog
      open
      size="large"
      onClose={onClose}
      onSubmit={save}
      title={`Edit “${keyFacts.name}”`}
      footer={
        <>
          <CopyAs document={UpdateKeyInConsoleDocument} variables={{ input }} command={null} />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={update.isRunning} disabledReason={fault}>
            Save
          </Button>
        </>
      }
    >
      <Field label="Name" error={issueOf(update.error, 'name')}>
        <TextInput value={draft.name} onChange={(event) => set({ name: event.target.value })} />
      </Field>
      <Field label="Description" optional error={issueOf(update.error, 'description')}>
        <TextArea value={draft.description} onChange={(event) => set({ description: event.target.value })} />
      </Field>
      <section className="stack" data-gap="small" aria-label="Grants">
        <h3>Grants</h3>
        <GrantPicker
          modules={orderModules(data?.organization?.modules ?? [])}
          held={rights.grants}
          value={draft.grants}
          onChange={(grants) => set({ grants })}
          error={issueOf(update.error, 'grants') ?? null}
        />
      </section>
      {keyFacts.allowedIps === undefined ? (
        <Callout>The allowed addresses are shown and changed with keys:manager.</Callout>
      ) : (
        <RangesField
          value={draft.ranges}
          onChange={(ranges) => set({ ranges })}
          error={issueOf(update.error, 'allowedIps')}
        />
      )}
      {update.error && !update.error.issues && (
        <Callout tone="bad">
          <p>{update.error.message}</p>
          <p>{nextStepOf(update.error)}</p>
        </Callout>
      )}
    </Dialog>
  )
}
