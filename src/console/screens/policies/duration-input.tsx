import { useState } from 'react'
import { formatDuration, parseDuration } from '../../../kernel/duration.ts'
import { Select } from '../../ui/select.tsx'
import { TextInput } from '../../ui/text-input.tsx'

const UNITS = [
  { value: '86400', label: 'days' },
  { value: '3600', label: 'hours' },
  { value: '60', label: 'minutes' },
  { value: '1', label: 'seconds' },
] as const
type Unit = (typeof UNITS)[number]['value']

const partsOf = (duration: string | null): { readonly count: string; readonly unit: Unit } => {
  const seconds = duration === null ? null : parseDuration(duration)
  if (seconds === null) return { count: '', unit: '86400' }
  const unit = UNITS.find(({ value }) => seconds % Number(value) === 0)?.value ?? '1'
  return { count: String(seconds / Number(unit)), unit }
}

export interface DurationInputProps {
  /** ISO 8601, as the schema has it; null for none. */
  readonly value: string | null
  readonly onChange: (value: string | undefined) => void
  readonly onMalformed: (isMalformed: boolean) => void
}

/** A duration as a number and a unit. */
export const DurationInput = ({ value, onChange, onMalformed }: DurationInputProps) => {
  const [parts, setParts] = useState(() => ({ ...partsOf(value), of: value }))
  // Another value from outside, such as a discarded change, replaces what was typed.
  const shown = parts.of === value ? parts : { ...partsOf(value), of: value }
  const change = (count: string, unit: Unit) => {
    const isMalformed = count !== '' && !/^\d{1,9}$/.test(count)
    onMalformed(isMalformed)
    const next = count === '' || isMalformed ? undefined : formatDuration(Number(count) * Number(unit))
    setParts({ count, unit, of: next ?? value })
    if (!isMalformed) onChange(next)
  }
  return (
    <span className="policy-duration">
      <TextInput inputMode="numeric" value={shown.count} onChange={({ target }) => change(target.value, shown.unit)} />
      <Select
        id={undefined}
        aria-label="Unit"
        value={shown.unit}
        options={UNITS}
        onChange={(unit) => change(shown.count, unit)}
      />
    </span>
  )
}
