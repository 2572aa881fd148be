import type { ComponentProps } from 'react'
import { useFieldControl } from './field.tsx'

interface Looks {
  /** For code-like values: addresses, ids, durations. */
  readonly mono?: boolean
}

export type TextInputProps = Omit<ComponentProps<'input'>, 'className' | 'style'> & Looks

/** A line of text. Inside a Field it takes its name, hint and error from there. */
export const TextInput = ({ mono = false, ...rest }: TextInputProps) => (
  <input
    type="text"
    autoComplete="off"
    spellCheck={mono ? false : undefined}
    {...useFieldControl()}
    {...rest}
    className="input"
    data-mono={mono || undefined}
  />
)

export type TextAreaProps = Omit<ComponentProps<'textarea'>, 'className' | 'style'> & Looks

/** Several lines of text. */
export const TextArea = ({ mono = false, ...rest }: TextAreaProps) => (
  <textarea
    spellCheck={mono ? false : undefined}
    {...useFieldControl()}
    {...rest}
    className="input"
    data-mono={mono || undefined}
  />
)
