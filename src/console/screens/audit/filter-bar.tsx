import { getRouteApi } from '@tanstack/react-router'
import { AuditPageDocument } from '../../generated/graphql.ts'
import { CopyAs } from '../../shell/copy-as.tsx'
import { shellQuote } from '../../shell/shell-quote.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Select } from '../../ui/select.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import { filterOf, isFiltered, TYPE_OPTIONS } from './event-types.ts'
import type { AuditSearch } from './search.ts'

const route = getRouteApi('/console/$organizationId/audit')

const withoutEmpty = (search: AuditSearch): AuditSearch =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== ''))

/** The filters, which live in the address. */
export const FilterBar = () => {
  const { organizationId } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const change = (next: AuditSearch) => {
    const { after: _, ...rest } = search
    void navigate({ search: withoutEmpty({ ...rest, ...next }), replace: true })
  }
  return (
    <search className="audit-filters" aria-label="Filter the events">
      <Field label="Event">
        <Select value={search.type ?? ''} options={TYPE_OPTIONS} onChange={(type) => change({ type })} />
      </Field>
      <Field label="From">
        <TextInput type="date" value={search.from ?? ''} onChange={({ target }) => change({ from: target.value })} />
      </Field>
      <Field label="To">
        <TextInput type="date" value={search.to ?? ''} onChange={({ target }) => change({ to: target.value })} />
      </Field>
      <IdFilter label="By (id)" value={search.actor ?? ''} onChange={(actor) => change({ actor })} />
      <IdFilter label="About (id)" value={search.target ?? ''} onChange={(target) => change({ target })} />
      <div className="row">
        {isFiltered(search) && (
          <Button size="small" variant="quiet" icon="cross" onClick={() => void navigate({ search: {} })}>
            Clear
          </Button>
        )}
        <CopyAs
          document={AuditPageDocument}
          variables={{ organizationId, filter: filterOf(search), first: 50 }}
          command={search.to === undefined ? commandOf(search, organizationId) : null}
        />
      </div>
    </search>
  )
}

/** An id of the kind that the API takes: what is not one yet does not filter yet. */
const ID = /^[a-z]{3}_[0-9a-f]{32}$/

interface IdFilterProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}

const IdFilter = ({ label, value, onChange }: IdFilterProps) => (
  <Field label={label}>
    <TextInput
      key={value}
      mono
      placeholder="key_… or usr_…"
      defaultValue={value}
      onChange={({ target }) => {
        const text = target.value.trim()
        if (text === '' || ID.test(text)) onChange(text)
      }}
    />
  </Field>
)

const commandOf = (search: AuditSearch, organizationId: string): string =>
  [
    'keyturn audit list',
    `--organization ${organizationId}`,
    ...typeOptions(filterOf(search).types ?? []),
    ...(search.actor === undefined ? [] : [`--actor ${shellQuote(search.actor)}`]),
    ...(search.target === undefined ? [] : [`--key ${shellQuote(search.target)}`]),
    ...(search.from === undefined ? [] : [`--since ${search.from}`]),
  ].join(' ')

const typeOptions = (types: readonly string[]): string[] =>
  types.length === 0 ? [] : [`--type ${types.map((type) => type.toLowerCase().replaceAll('_', '-')).join(',')}`]
