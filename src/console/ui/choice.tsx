import { type ComponentProps, type ReactNode, useId } from 'react'
import { Refusal } from './refusal.tsx'
import { showTooltip } from './tooltip-layer.ts'

type Native = Omit<ComponentProps<'input'>, 'type' | 'disabled' | 'onChange' | 'className' | 'style' | 'size'>

export interface ChoiceProps extends Native {
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
  /** Without a visible label give an aria-label. */
  readonly label?: ReactNode
  readonly hint?: ReactNode
  /** Why it cannot be changed. The control stays focusable and says so. */
  readonly disabledReason?: string | null | undefined
}

type Kind = { readonly type: 'checkbox' | 'radio' | 'switch' }

const Choice = ({ type, checked, onChange, label, hint, disabledReason, ...rest }: ChoiceProps & Kind) => {
  const id = useId()
  const notes = [hint && `${id}-hint`, disabledReason && `${id}-reason`].filter(Boolean).join(' ')
  const control = (
    <Refusal reason={disabledReason} id={`${id}-reason`}>
      <input
        {...rest}
        id={id}
        type={type === 'radio' ? 'radio' : 'checkbox'}
        role={type === 'switch' ? 'switch' : undefined}
        className={type === 'switch' ? 'switch' : 'checkbox'}
        checked={checked}
        aria-disabled={disabledReason ? true : undefined}
        aria-describedby={notes || undefined}
        onChange={(event) => {
          if (disabledReason) showTooltip(event.currentTarget, disabledReason)
          else onChange(event.target.checked)
        }}
      />
    </Refusal>
  )
  if (label === undefined) return control
  return (
    <div className="choice">
      {control}
      <label htmlFor={id}>{label}</label>
      {hint && (
        <span className="choice__hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
    </div>
  )
}

export interface CheckboxProps extends ChoiceProps {
  /** Some, but not all, of what the box stands for is chosen. */
  readonly indeterminate?: boolean
}

/** A box to tick. */
export const Checkbox = ({ indeterminate = false, ...rest }: CheckboxProps) => (
  <Choice
    {...rest}
    type="checkbox"
    ref={(element) => {
      if (element) element.indeterminate = indeterminate
    }}
  />
)

/** One of a group of exclusive options: give all of them the same `name`. */
export const Radio = (props: ChoiceProps) => <Choice {...props} type="radio" />

/** A setting that takes effect at once. */
export const Switch = (props: ChoiceProps) => <Choice {...props} type="switch" />
