import type { ComponentProps } from 'react'
import { useFieldControl } from './field.tsx'
import { Icon } from './icon.tsx'

export interface SelectOption<Value extends string> {
  readonly value: Value
  readonly label: string
  readonly disabled?: boolean
}

export interface SelectProps<Value extends string>
  extends Omit<ComponentProps<'select'>, 'value' | 'onChange' | 'className' | 'style' | 'size' | 'children'> {
  readonly value: Value
  readonly onChange: (value: Value) => void
  readonly options: readonly SelectOption<Value>[]
  readonly size?: 'normal' | 'small'
}

/** One of a few options. The browser's own control: it works with every keyboard, screen reader and phone. */
export const Select = <Value extends string>({ value, onChange, options, size, ...rest }: SelectProps<Value>) => (
  <span className="select" data-size={size ?? 'normal'}>
    <select
      {...useFieldControl()}
      {...rest}
      className="input select__control"
      value={value}
      onChange={(event) => {
        const chosen = options.find((option) => option.value === event.target.value)
        if (chosen) onChange(chosen.value)
      }}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value} disabled={option.disabled}>
          {option.label}
        </option>
      ))}
    </select>
    <Icon name="chevron-down" />
  </span>
)
