import type { ReactNode } from 'react'
import { type Grant, ROLES, type Role } from '../../../kernel/grants.ts'
import type { Column } from '../../ui/data-table.tsx'

const LETTERS: Readonly<Record<Role, string>> = {
  VIEWER: 'Viewer',
  OPERATOR: 'Operator',
  MANAGER: 'Manager',
  OWNER: 'Owner',
}

const roleIn = (grants: readonly Grant[], module: string): Role | null =>
  grants.find((grant) => grant.module === module)?.role ?? null

/** The role in a module, and whether it comes from the grant for all modules. */
const effectiveRole = (
  grants: readonly Grant[],
  module: string,
): { readonly role: Role; readonly wide: boolean } | null => {
  const own = roleIn(grants, module)
  const wide = module === '*' ? null : roleIn(grants, '*')
  if (wide !== null && (own === null || ROLES.indexOf(wide) >= ROLES.indexOf(own))) return { role: wide, wide: true }
  return own === null ? null : { role: own, wide: false }
}

const Cell = ({ grants, module }: { readonly grants: readonly Grant[]; readonly module: string }): ReactNode => {
  const found = effectiveRole(grants, module)
  if (found === null) return <span className="muted matrix-none">–</span>
  return (
    <span className="matrix-role" data-role={found.role} data-wide={found.wide || undefined}>
      {LETTERS[found.role]}
      {found.wide && <span className="visually-hidden"> by a grant for all modules</span>}
    </span>
  )
}

/** A column for each module: the role that each row has there. Pale roles come from the grant for all modules. */
export const moduleColumns = <Row extends { readonly grants: readonly Grant[] }>(
  modules: readonly { readonly name: string }[],
): Column<Row>[] =>
  ['*', ...modules.map(({ name }) => name)].map((module) => ({
    id: `module-${module}`,
    header: module === '*' ? 'All modules' : module,
    narrow: true,
    cell: ({ grants }) => <Cell grants={grants} module={module} />,
  }))
