import { Field } from '../ui/field.tsx'
import { TextArea } from '../ui/text-input.tsx'
import { checkRange, rangesFault, splitRanges } from './ranges.ts'

export interface RangesFieldProps {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly error?: string | null | undefined
}

/** The addresses that may use a key, checked while typing. */
export const RangesField = ({ value, onChange, error }: RangesFieldProps) => {
  const fault = rangesFault(value)
  const notes = splitRanges(value).flatMap((range) => {
    const check = checkRange(range)
    return check.kind === 'valid' && check.note !== null ? [`${range}: ${check.note}`] : []
  })
  return (
    <Field
      label="Allowed addresses"
      optional
      error={fault ?? error}
      hint={
        notes.length > 0 ? notes.join(' · ') : 'Addresses or CIDR ranges, one on each line. Empty means from anywhere.'
      }
    >
      <TextArea
        mono
        rows={2}
        placeholder={'10.1.0.0/16\n2001:db8::/32'}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  )
}
