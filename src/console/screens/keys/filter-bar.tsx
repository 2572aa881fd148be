import { useEffect, useEffectEvent, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Select } from '../../ui/select.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import { isFiltered } from './key-query.ts'
import type { KeysSearch } from './search.ts'

export interface FilterBarProps {
  readonly search: KeysSearch
  /** Changes a part of the state; undefined takes a filter away. The page starts anew. */
  readonly onChange: (change: { readonly [Name in keyof KeysSearch]?: KeysSearch[Name] | undefined }) => void
  readonly onClear: () => void
  /** Whether there are organizations below this one. */
  readonly hasBelow: boolean
  /** Why the personal keys cannot be shown. */
  readonly personalDenied: string | undefined
}

const KINDS = [
  { value: '', label: 'All kinds' },
  { value: 'api', label: 'API keys' },
  { value: 'personal', label: 'Personal keys' },
] as const
const STATUS_OPTIONS = [
  { value: '', label: 'Any status' },
  { value: 'ACTIVE', label: 'Active' },
  { value: 'SUSPENDED', label: 'Suspended' },
  { value: 'EXPIRED', label: 'Expired' },
  { value: 'REVOKED', label: 'Revoked' },
] as const
const EXPIRY = [
  { value: '', label: 'Any expiry' },
  { value: '7d', label: 'Within 7 days' },
  { value: '30d', label: 'Within 30 days' },
  { value: '90d', label: 'Within 90 days' },
  { value: '180d', label: 'Within 180 days' },
  { value: 'never', label: 'Never' },
] as const
const USE = [
  { value: '', label: 'Any use' },
  { value: '7d', label: 'Unused for 7 days' },
  { value: '30d', label: 'Unused for 30 days' },
  { value: '90d', label: 'Unused for 90 days' },
  { value: '180d', label: 'Unused for 180 days' },
] as const
const SCOPES = [
  { value: '', label: 'With everything below' },
  { value: 'here', label: 'This organization only' },
] as const

/** What the select stands for: an empty value is no filter. */
const chosen = <Value extends string>(value: Value | ''): Value | undefined => (value === '' ? undefined : value)

/** Narrows the list. Every change is in the address. */
export const FilterBar = ({ search, onChange, onClear, hasBelow, personalDenied }: FilterBarProps) => (
  <search className="filters">
    <SearchField text={search.q ?? ''} onChange={(q) => onChange({ q: chosen(q) })} />
    <Select
      aria-label="Kind"
      value={search.kind ?? ''}
      options={
        personalDenied === undefined
          ? KINDS
          : [
              { value: '', label: 'API keys' },
              { value: 'personal', label: 'Personal keys: needs keys:manager', disabled: true },
            ]
      }
      onChange={(kind) => onChange({ kind: chosen(kind) })}
    />
    <Select
      aria-label="Status"
      value={search.status?.[0] ?? ''}
      options={STATUS_OPTIONS}
      onChange={(status) => onChange({ status: status === '' ? undefined : [status] })}
    />
    <Select
      aria-label="Expiry"
      value={search.expires ?? ''}
      options={EXPIRY}
      onChange={(expires) => onChange({ expires: chosen(expires) })}
    />
    <Select
      aria-label="Use"
      value={search.unused ?? ''}
      options={USE}
      onChange={(unused) => onChange({ unused: chosen(unused) })}
    />
    {hasBelow && (
      <Select
        aria-label="Organizations"
        value={search.scope ?? ''}
        options={SCOPES}
        onChange={(scope) => onChange({ scope: chosen(scope) })}
      />
    )}
    {isFiltered(search) && (
      <Button variant="quiet" icon="cross" onClick={onClear}>
        Clear
      </Button>
    )}
  </search>
)

const TYPING_MS = 180

const SearchField = ({ text, onChange }: { readonly text: string; readonly onChange: (text: string) => void }) => {
  const [typed, setTyped] = useState(text)
  const [seen, setSeen] = useState(text)
  // Back, or a view, changes the text from outside.
  if (text !== seen) {
    setSeen(text)
    setTyped(text)
  }
  const settle = useEffectEvent(() => {
    if (typed.trim() === text) return
    setSeen(typed.trim())
    onChange(typed.trim())
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: each keystroke starts the wait anew
  useEffect(() => {
    const timer = setTimeout(() => settle(), TYPING_MS)
    return () => clearTimeout(timer)
  }, [typed])
  return (
    <span className="filters__search">
      <Icon name="search" />
      <TextInput
        type="search"
        aria-label="Search in names, descriptions and hints"
        placeholder="Name, description, hint or id"
        maxLength={200}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
      />
    </span>
  )
}
