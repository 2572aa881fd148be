import type { ReactNode } from 'react'
import type { KeyPolicyInput } from '../../generated/graphql.ts'
import { Badge } from '../../ui/badge.tsx'
import { Checkbox } from '../../ui/choice.tsx'
import { Field } from '../../ui/field.tsx'
import { Select } from '../../ui/select.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import { DurationInput } from './duration-input.tsx'
import { DurationsInput } from './durations-input.tsx'
import { POLICY_FIELDS, type PolicyField, RESPONSE_OPTIONS, wordsOf } from './policy-fields.ts'
import type { ParentPolicy } from './policy-form.tsx'

type Value = KeyPolicyInput[PolicyField]

export interface PolicyFieldRowProps {
  readonly field: PolicyField
  /** What holds now. */
  readonly holds: Value
  /** What the person chose; undefined for nothing. */
  readonly draft: Value
  readonly parent: ParentPolicy | null
  readonly disabledReason: string | undefined
  readonly issue: string | undefined
  readonly onChange: (value: Value) => void
  readonly onMalformed: (isMalformed: boolean) => void
}

/** One rule: its value, where it comes from, and the control that changes it. */
export const PolicyFieldRow = (props: PolicyFieldRowProps) => {
  const { field, holds, draft, parent, disabledReason, issue, onChange } = props
  const { label, hint, none } = POLICY_FIELDS[field]
  const isChanged = draft !== undefined && JSON.stringify(draft) !== JSON.stringify(holds)
  // Below a root every rule can be left to the organizations above.
  const nothing = parent === null ? none : 'Inherit'
  const isFlag = POLICY_FIELDS[field].kind === 'flag'
  const control = disabledReason === undefined ? <Control {...props} /> : null
  return (
    <div className="policy-row" data-changed={isChanged || undefined}>
      <div>
        {control === null || isFlag ? (
          <strong>{label}</strong>
        ) : (
          <Field label={label} hint={hint} error={issue}>
            {control}
          </Field>
        )}
        {isFlag && disabledReason === undefined && control}
        {control === null && <p className="muted small">{hint}</p>}
        {nothing !== null && disabledReason === undefined && (
          <Checkbox
            label={nothing}
            aria-label={`${label}: ${nothing}`}
            checked={(draft === undefined ? (parent === null ? holds : undefined) : draft) === null}
            onChange={(checked) => onChange(checked ? null : undefined)}
          />
        )}
      </div>
      <Origin field={field} holds={holds} parent={parent} />
    </div>
  )
}

const Origin = ({ field, holds, parent }: Pick<PolicyFieldRowProps, 'field' | 'holds' | 'parent'>): ReactNode => {
  const isSame = parent !== null && JSON.stringify(parent.policy[field]) === JSON.stringify(holds)
  return (
    <div className="policy-origin">
      <span className="muted small">Holds now</span>
      <span>{wordsOf(field, holds)}</span>
      {parent !== null &&
        (isSame ? (
          <Badge>as in {parent.name}</Badge>
        ) : (
          <>
            <Badge tone="info">stated here</Badge>
            <span className="muted small">
              {parent.name}: {wordsOf(field, parent.policy[field])}
            </span>
          </>
        ))}
    </div>
  )
}

const Control = ({ field, holds, draft, onChange, onMalformed }: PolicyFieldRowProps) => {
  const value = draft === undefined ? holds : draft
  switch (POLICY_FIELDS[field].kind) {
    case 'duration':
      return (
        <DurationInput value={typeof value === 'string' ? value : null} onChange={onChange} onMalformed={onMalformed} />
      )
    case 'durations':
      return <DurationsInput value={Array.isArray(value) ? value : []} onChange={onChange} onMalformed={onMalformed} />
    case 'count':
      return (
        <TextInput
          type="number"
          min={1}
          max={1_000_000}
          value={typeof value === 'number' ? value : ''}
          onChange={({ target }) => onChange(target.value === '' ? undefined : Number(target.value))}
        />
      )
    case 'flag':
      return (
        <Checkbox
          label={POLICY_FIELDS[field].hint}
          checked={value === true}
          onChange={(checked) => onChange(checked)}
          aria-label={POLICY_FIELDS[field].label}
        />
      )
    case 'response':
      return (
        <Select
          value={(value ?? 'RECORD') as (typeof RESPONSE_OPTIONS)[number]['value']}
          options={RESPONSE_OPTIONS}
          onChange={onChange}
        />
      )
  }
}
