import { createContext, type ReactNode, useContext, useId } from 'react'
import { Icon } from './icon.tsx'

interface FieldControl {
  readonly id: string
  readonly 'aria-describedby': string | undefined
  readonly 'aria-invalid': true | undefined
  readonly 'aria-required': true | undefined
}

const FieldContext = createContext<FieldControl | null>(null)

/** The attributes that tie a control to the field around it; none outside of a field. */
export const useFieldControl = (): Partial<FieldControl> => useContext(FieldContext) ?? {}

export interface FieldProps {
  readonly label: ReactNode
  readonly hint?: ReactNode
  /** What is wrong and what to do; null while the value is good. */
  readonly error?: ReactNode
  readonly required?: boolean
  readonly optional?: boolean
  /** One control: TextInput, TextArea, Select or Combobox. */
  readonly children: ReactNode
}

/** A label, a control, a hint and an error, tied together for screen readers. */
export const Field = ({ label, hint, error, required = false, optional = false, children }: FieldProps) => {
  const id = useId()
  const [hintId, errorId] = [`${id}-hint`, `${id}-error`]
  const described = [hint ? hintId : '', error ? errorId : ''].filter(Boolean).join(' ')
  const control: FieldControl = {
    id,
    'aria-describedby': described || undefined,
    'aria-invalid': error ? true : undefined,
    'aria-required': required || undefined,
  }
  return (
    <div className="field">
      <label className="field__label" htmlFor={id}>
        {label}
        {optional && <span className="field__optional">Optional</span>}
      </label>
      <FieldContext.Provider value={control}>{children}</FieldContext.Provider>
      {hint && (
        <p className="field__hint" id={hintId}>
          {hint}
        </p>
      )}
      {/* The live region exists before its text, otherwise the first error is not announced. */}
      <div aria-live="polite" className={error ? undefined : 'visually-hidden'}>
        {error && (
          <p className="field__error" id={errorId}>
            <Icon name="alert" />
            <span>{error}</span>
          </p>
        )}
      </div>
    </div>
  )
}
