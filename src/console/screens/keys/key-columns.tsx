import type { KeyRowFragment } from '../../generated/graphql.ts'
import { GrantBadge, KeyStatusBadge } from '../../ui/badge.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { KeyAnchor } from './key-anchor.tsx'
import { RowMenu } from './row-menu.tsx'

/** Grants beyond these are counted. */
const GRANTS_SHOWN = 2

const Grants = ({ grants }: Pick<KeyRowFragment, 'grants'>) => (
  <span className="key-grants">
    {grants.slice(0, GRANTS_SHOWN).map(({ module, role }) => (
      <GrantBadge key={module} module={module} role={role} />
    ))}
    {grants.length > GRANTS_SHOWN && (
      <span
        className="muted small"
        title={grants.map(({ module, role }) => `${module}:${role.toLowerCase()}`).join(' ')}
      >
        +{grants.length - GRANTS_SHOWN}
      </span>
    )}
    {grants.length === 0 && <span className="muted">none</span>}
  </span>
)

/** Whose a key is: a person, or an organization and its project. */
const ownerOf = (key: KeyRowFragment): string =>
  'owner' in key && key.owner !== undefined
    ? key.owner.name
    : [key.organization.name, key.project?.name].filter(Boolean).join(' / ')

/** The columns of the list. `usage`: whether the person may read when keys were used. */
export const keyColumns = (usage: boolean): Column<KeyRowFragment>[] => [
  {
    id: 'name',
    header: 'Name',
    isTitle: true,
    sortable: true,
    cell: (key) => (
      <span className="key-name">
        <KeyAnchor organizationId={key.organization.id} keyId={key.id}>
          {key.name}
        </KeyAnchor>
        {key.description && <span className="muted small key-name__about">{key.description}</span>}
      </span>
    ),
  },
  {
    id: 'status',
    header: 'Status',
    narrow: true,
    cell: (key) => <KeyStatusBadge status={key.status} expiringSoon={key.expiringSoon} />,
  },
  {
    id: 'owner',
    header: 'Belongs to',
    cell: (key) => (
      <span className="key-owner">
        {ownerOf(key)}
        <span className="muted small">{key.kind === 'API_KEY' ? 'API key' : 'Personal key'}</span>
      </span>
    ),
  },
  { id: 'grants', header: 'Grants', priority: 'low', cell: (key) => <Grants grants={key.grants} /> },
  ...(usage
    ? [
        {
          id: 'used',
          header: 'Last used',
          sortable: true,
          narrow: true,
          cell: (key: KeyRowFragment) =>
            key.lastUsedAt == null ? (
              <span className="muted">Never</span>
            ) : (
              <RelativeTime instant={key.lastUsedAt} focusable={false} />
            ),
        },
      ]
    : []),
  {
    id: 'expires',
    header: 'Expires',
    sortable: true,
    narrow: true,
    cell: (key) =>
      key.expiresAt == null ? (
        <span className="muted">Never</span>
      ) : (
        <RelativeTime instant={key.expiresAt} focusable={false} />
      ),
  },
  {
    id: 'created',
    header: 'Created',
    sortable: true,
    narrow: true,
    priority: 'low',
    cell: (key) => <RelativeTime instant={key.createdAt} focusable={false} />,
  },
  {
    id: 'actions',
    header: 'Actions',
    headerHidden: true,
    isCorner: true,
    narrow: true,
    align: 'end',
    cell: (key) => <RowMenu entry={key} />,
  },
]
