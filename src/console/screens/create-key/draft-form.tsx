import { useState } from 'react'
import type { ConsoleError } from '../../data/console-error.ts'
import type { ExpiryResult } from '../../keys/expiry.ts'
import { ExpiryField } from '../../keys/expiry-field.tsx'
import { GrantPicker } from '../../keys/grant-picker.tsx'
import { orderModules } from '../../keys/grantable.ts'
import { issueOf } from '../../keys/issue-of.ts'
import { RangesField } from '../../keys/ranges-field.tsx'
import { useRights } from '../../rights/rights.ts'
import { Button } from '../../ui/button.tsx'
import { Radio } from '../../ui/choice.tsx'
import { Field } from '../../ui/field.tsx'
import { Card } from '../../ui/layout.tsx'
import { Select } from '../../ui/select.tsx'
import { TextArea, TextInput } from '../../ui/text-input.tsx'
import type { Place } from './create-key-flow.tsx'
import { type Draft, faultsOf } from './draft.ts'
import { KindChoice } from './kind-choice.tsx'
import { TemplateChoice } from './template-choice.tsx'

export interface DraftFormProps {
  readonly place: Place
  readonly draft: Draft
  readonly onChange: (draft: Draft) => void
  readonly expiry: ExpiryResult
  readonly now: Date
  /** Why the server refused the last attempt; its faults show at their fields. */
  readonly refused: ConsoleError | null
  readonly onReview: () => void
}

/** The form of a new key. */
export const DraftForm = ({ place, draft, onChange, expiry, now, refused, onReview }: DraftFormProps) => {
  const rights = useRights()
  // A field that nobody has filled in yet is not wrong, until the person wants to go on.
  const [asked, setAsked] = useState(false)
  const faults = faultsOf(draft, expiry)
  const shown = (field: 'name' | 'grants' | 'description') =>
    (asked ? faults[field] : undefined) ?? issueOf(refused, field)
  const set = (change: Partial<Draft>): void => onChange({ ...draft, ...change })
  return (
    <form
      className="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        setAsked(true)
        if (Object.keys(faults).length === 0) onReview()
        else event.currentTarget.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
      }}
    >
      <KindChoice draft={draft} onChange={set} />
      <TemplateChoice place={place} draft={draft} onChange={onChange} />
      <Card title="Name and owner">
        <div className="stack">
          <Field label="Name" required error={shown('name')} hint="Unique among the active keys, like ci-deploy.">
            <TextInput value={draft.name} maxLength={120} onChange={(event) => set({ name: event.target.value })} />
          </Field>
          <Field label="Description" optional error={shown('description')}>
            <TextArea value={draft.description} onChange={(event) => set({ description: event.target.value })} />
          </Field>
          {draft.kind === 'api' && (
            <Field label="Owner" hint="An API key outlives the person who creates it.">
              <Select
                value={draft.projectId}
                onChange={(projectId) => set({ projectId })}
                options={[
                  { value: '', label: 'The organization' },
                  ...place.projects.map(({ id, name }) => ({ value: id, label: `Project ${name}` })),
                ]}
              />
            </Field>
          )}
        </div>
      </Card>
      <Card title="Grants" description="What the key may do. Give it as little as it needs.">
        <div className="stack">
          {draft.kind === 'personal' && (
            <div className="stack" data-gap="small">
              <Radio
                name="everything"
                label="All that I may do"
                hint="Follows your own grants: shrinks and grows with them."
                checked={draft.everything}
                onChange={() => set({ everything: true })}
              />
              <Radio
                name="everything"
                label="Only these grants"
                checked={!draft.everything}
                onChange={() => set({ everything: false })}
              />
            </div>
          )}
          {(draft.kind === 'api' || !draft.everything) && (
            <GrantPicker
              modules={orderModules(place.modules)}
              held={rights.grants}
              value={draft.grants}
              onChange={(grants) => set({ grants })}
              error={shown('grants') ?? null}
            />
          )}
        </div>
      </Card>
      <Card title="Limits">
        <div className="stack">
          <ExpiryField
            value={draft.expiry}
            onChange={(next) => set({ expiry: next })}
            result={expiry}
            policy={place.policy ?? null}
            now={now}
          />
          <RangesField
            value={draft.ranges}
            onChange={(ranges) => set({ ranges })}
            error={issueOf(refused, 'allowedIps') ?? null}
          />
        </div>
      </Card>
      <div className="row" data-align="end">
        <Button
          type="submit"
          variant="primary"
          disabledReason={refusalToCreate(draft, rights.denied('keys', 'OPERATOR'))}
        >
          Review
        </Button>
      </div>
    </form>
  )
}

const refusalToCreate = (draft: Draft, denied: string | undefined): string | null =>
  draft.kind === 'api' ? (denied ?? null) : null
