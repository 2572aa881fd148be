import { Combobox as Base } from '@base-ui/react/combobox'
import { useFieldControl } from './field.tsx'
import { Icon } from './icon.tsx'

export interface ComboboxOption {
  readonly value: string
  readonly label: string
  readonly hint?: string
}

export interface ComboboxProps {
  readonly value: string | null
  readonly onChange: (value: string | null) => void
  readonly options: readonly ComboboxOption[]
  readonly placeholder?: string
  /** Needed outside of a Field. */
  readonly 'aria-label'?: string
  /** Notified with the typed text, for options that the server finds. */
  readonly onSearch?: (text: string) => void
  readonly emptyText?: string
}

/** One of many options, found by typing. */
export const Combobox = ({ value, onChange, options, placeholder, onSearch, emptyText, ...rest }: ComboboxProps) => (
  <Base.Root<ComboboxOption>
    items={options}
    value={options.find((option) => option.value === value) ?? null}
    onValueChange={(option) => onChange(option?.value ?? null)}
    isItemEqualToValue={(a, b) => a.value === b.value}
    {...(onSearch && { onInputValueChange: onSearch })}
  >
    <span className="select">
      <Base.Input className="input" placeholder={placeholder} {...useFieldControl()} {...rest} />
      <Icon name="chevron-down" />
    </span>
    <Base.Portal>
      <Base.Positioner className="popup__positioner" sideOffset={4} collisionPadding={8} align="start">
        <Base.Popup className="popup">
          <Base.Empty>
            <p className="menu-label">{emptyText ?? 'Nothing matches.'}</p>
          </Base.Empty>
          <Base.List>
            {(option: ComboboxOption) => (
              <Base.Item key={option.value} value={option} className="menu-item">
                <span className="menu-item__text">
                  {option.label}
                  {option.hint && <span className="muted small">{option.hint}</span>}
                </span>
                <Base.ItemIndicator className="menu-item__check">
                  <Icon name="check" />
                </Base.ItemIndicator>
              </Base.Item>
            )}
          </Base.List>
        </Base.Popup>
      </Base.Positioner>
    </Base.Portal>
  </Base.Root>
)
