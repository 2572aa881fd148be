import { Link } from '@tanstack/react-router'
import type { KeysSearch } from '../keys/search.ts'

interface Figure {
  readonly title: string
  readonly value: number | undefined
  readonly search: KeysSearch
}

export interface FiguresProps {
  readonly organizationId: string
  readonly active: number | undefined
  readonly expiring: number | undefined
  readonly unused: number | undefined
  readonly endless: number | undefined
}

/** How many keys there are, and how many need a look; each leads to the list. */
export const Figures = ({ organizationId, active, expiring, unused, endless }: FiguresProps) => {
  const figures: readonly Figure[] = [
    { title: 'Active keys', value: active, search: { status: ['ACTIVE'] } },
    {
      title: 'Expire within 90 days',
      value: expiring,
      search: { status: ['ACTIVE', 'SUSPENDED'], expires: '90d', sort: 'expires', dir: 'asc' },
    },
    { title: 'Unused for 90 days', value: unused, search: { status: ['ACTIVE'], unused: '90d' } },
    { title: 'Never expire', value: endless, search: { status: ['ACTIVE'], expires: 'never' } },
  ]
  return (
    <ul className="figures">
      {figures.map(({ title, value, search }) => (
        <li key={title}>
          <Link to="/console/$organizationId/keys" params={{ organizationId }} search={search} className="figure">
            <span className="muted">{title}</span>
            <strong>{value?.toLocaleString('en') ?? '–'}</strong>
          </Link>
        </li>
      ))}
    </ul>
  )
}
