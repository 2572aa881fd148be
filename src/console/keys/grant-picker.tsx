import { useId, useState } from 'react'
import type { Grant } from '../../kernel/grants.ts'
import { Radio } from '../ui/choice.tsx'
import { TextInput } from '../ui/text-input.tsx'
import { type ChosenGrants, EVERY_MODULE, KEY_ROLES, type KeyRole, type ModuleOption, refusalOf } from './grantable.ts'
import './keys.css'

const ROLE_NAMES = { VIEWER: 'Viewer', OPERATOR: 'Operator', MANAGER: 'Manager' } as const

/** With more modules than this a search helps. */
const MANY = 8

export interface GrantPickerProps {
  readonly modules: readonly ModuleOption[]
  readonly held: readonly Grant[]
  readonly value: ChosenGrants
  readonly onChange: (value: ChosenGrants) => void
  readonly error?: string | null
}

/** A role for each module. What the caller may not grant is disabled and says why. */
export const GrantPicker = ({ modules, held, value, onChange, error }: GrantPickerProps) => {
  const [search, setSearch] = useState('')
  const errorId = useId()
  const all = [EVERY_MODULE, ...modules]
  const shown = all.filter(({ name }) => name.includes(search.trim().toLowerCase()))
  const choose = (module: string, role: KeyRole | null): void => {
    const others = Object.entries(value).filter(([name]) => name !== module)
    onChange(Object.fromEntries(role === null ? others : [...others, [module, role]]))
  }
  return (
    <div className="stack" data-gap="small">
      {all.length > MANY && (
        <TextInput
          type="search"
          aria-label="Search modules"
          placeholder="Search modules"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      )}
      <div className="grant-picker">
        {shown.map((module) => (
          <ModuleRoles
            key={module.name}
            module={module}
            held={held}
            role={value[module.name] ?? null}
            wide={module.name === EVERY_MODULE.name ? null : (value[EVERY_MODULE.name] ?? null)}
            onChange={(role) => choose(module.name, role)}
          />
        ))}
        {shown.length === 0 && <p className="muted grant-picker__module">No module matches.</p>}
      </div>
      <div aria-live="polite" id={errorId}>
        {error && <p className="field__error">{error}</p>}
      </div>
    </div>
  )
}

interface ModuleRolesProps {
  readonly module: ModuleOption
  readonly held: readonly Grant[]
  readonly role: KeyRole | null
  /** The role in every module, which this one includes. */
  readonly wide: KeyRole | null
  readonly onChange: (role: KeyRole | null) => void
}

const ModuleRoles = ({ module, held, role, wide, onChange }: ModuleRolesProps) => {
  const group = useId()
  return (
    <fieldset className="grant-picker__module">
      <legend>
        <code>{module.name}</code>
        {module.description && <span className="muted small">{module.description}</span>}
        {wide && <span className="muted small">Every module already includes {wide.toLowerCase()}.</span>}
      </legend>
      <div className="grant-picker__roles">
        <Radio name={group} label="None" checked={role === null} onChange={() => onChange(null)} />
        {KEY_ROLES.map((each) => (
          <Radio
            key={each}
            name={group}
            label={ROLE_NAMES[each]}
            checked={role === each}
            onChange={() => onChange(each)}
            disabledReason={refusalOf(held, module.name, each)}
          />
        ))}
      </div>
    </fieldset>
  )
}
