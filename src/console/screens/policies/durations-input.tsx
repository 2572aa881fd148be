import { useState } from 'react'
import { parseDuration } from '../../../kernel/duration.ts'
import { TextInput } from '../../ui/text-input.tsx'

export interface DurationsInputProps {
  readonly value: readonly string[]
  readonly onChange: (value: string[]) => void
  readonly onMalformed: (isMalformed: boolean) => void
}

/** Durations in a line of text, divided by commas or spaces. */
export const DurationsInput = ({ value, onChange, onMalformed }: DurationsInputProps) => {
  const written = value.join(', ')
  const [text, setText] = useState({ shown: written, of: written })
  const change = (shown: string) => {
    const parts = shown.split(/[\s,]+/).filter((part) => part !== '')
    const isMalformed = parts.some((part) => parseDuration(part) === null)
    onMalformed(isMalformed)
    setText({ shown, of: isMalformed ? written : parts.join(', ') })
    if (!isMalformed) onChange(parts)
  }
  return (
    <TextInput
      mono
      value={text.of === written ? text.shown : written}
      onChange={({ target }) => change(target.value)}
    />
  )
}
