import type { StructureOrganizationQuery } from '../../generated/graphql.ts'
import { Badge } from '../../ui/badge.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'

type Module = NonNullable<StructureOrganizationQuery['organization']>['modules'][number]

const COLUMNS: Column<Module>[] = [
  { id: 'name', header: 'Module', isTitle: true, narrow: true, cell: ({ name }) => <code>{name}</code> },
  { id: 'description', header: 'Purpose', cell: ({ description }) => description },
  {
    id: 'kind',
    header: 'Defined by',
    narrow: true,
    cell: ({ builtIn }) => (builtIn ? <Badge>Keyturn</Badge> : <Badge tone="info">You</Badge>),
  },
]

/** The modules: the organization's own first. */
export const ModuleList = ({ modules }: { readonly modules: readonly Module[] }) => (
  <DataTable
    caption="Modules"
    columns={COLUMNS}
    rows={modules.toSorted((a, b) => Number(a.builtIn) - Number(b.builtIn) || a.name.localeCompare(b.name, 'en'))}
    rowKey={({ id }) => id}
  />
)
