import { useId } from 'react'
import { Button } from '../ui/button.tsx'
import { Radio } from '../ui/choice.tsx'
import { formatAbsolute, formatDuration, formatRelative } from '../ui/format-time.ts'
import { Select } from '../ui/select.tsx'
import { TextInput } from '../ui/text-input.tsx'
import { choiceOfDuration, type ExpiryChoice, type ExpiryPolicy, type ExpiryResult, presetsFor } from './expiry.ts'
import './keys.css'

const UNITS = [
  { value: 'days', label: 'days' },
  { value: 'hours', label: 'hours' },
  { value: 'minutes', label: 'minutes' },
] as const

export interface ExpiryFieldProps {
  readonly value: ExpiryChoice
  readonly onChange: (value: ExpiryChoice) => void
  readonly result: ExpiryResult
  readonly policy: ExpiryPolicy | null
  readonly now: Date
}

/** When a key expires: after a time, on a date, or never. Shows the resulting date, checked against the policy. */
export const ExpiryField = ({ value, onChange, result, policy, now }: ExpiryFieldProps) => {
  const id = useId()
  const set = (change: Partial<ExpiryChoice>): void => onChange({ ...value, ...change })
  const refusedNever = policy?.expiryRequired
    ? 'The policy of the organization requires an expiry.'
    : policy?.maximumLifetime != null
      ? `The policy of the organization allows at most ${formatDuration(policy.maximumLifetime)}.`
      : null
  return (
    <fieldset className="expiry" aria-describedby={id}>
      <legend className="field__label">Expiry</legend>
      <div className="row">
        <Radio
          name={`${id}-mode`}
          label="After"
          checked={value.mode === 'after'}
          onChange={() => set({ mode: 'after' })}
        />
        <Radio
          name={`${id}-mode`}
          label="On a date"
          checked={value.mode === 'on'}
          onChange={() => set({ mode: 'on' })}
        />
        <Radio
          name={`${id}-mode`}
          label="Never"
          checked={value.mode === 'never'}
          onChange={() => set({ mode: 'never' })}
          disabledReason={refusedNever}
        />
      </div>
      {value.mode === 'after' && (
        <div className="row">
          <span className="expiry__amount">
            <TextInput
              aria-label="Lifetime"
              inputMode="numeric"
              value={value.amount}
              aria-invalid={result.kind === 'fault'}
              aria-describedby={id}
              onChange={(event) => set({ amount: event.target.value })}
            />
          </span>
          <Select
            aria-label="Unit of the lifetime"
            value={value.unit}
            onChange={(unit) => set({ unit })}
            options={UNITS}
          />
          {presetsFor(policy).map((preset) => (
            <Button key={preset} size="small" variant="quiet" onClick={() => onChange(choiceOfDuration(preset))}>
              {formatDuration(preset)}
            </Button>
          ))}
        </div>
      )}
      {value.mode === 'on' && (
        <span className="expiry__date">
          <TextInput
            type="datetime-local"
            aria-label="Date and time of expiry"
            value={value.date}
            aria-invalid={result.kind === 'fault'}
            aria-describedby={id}
            onChange={(event) => set({ date: event.target.value })}
          />
        </span>
      )}
      <p id={id} aria-live="polite" className={result.kind === 'fault' ? 'field__error' : 'field__hint'}>
        {describeExpiry(result, now)}
      </p>
    </fieldset>
  )
}

/** The result of an expiry in a sentence. */
export const describeExpiry = (result: ExpiryResult, now: Date): string => {
  if (result.kind === 'fault') return result.message
  if (result.kind === 'never') return 'Never expires. Rotate it by hand, or revoke it when it is no longer needed.'
  return `Expires ${formatRelative(result.instant, now.getTime())}: ${formatAbsolute(result.instant)}.`
}
