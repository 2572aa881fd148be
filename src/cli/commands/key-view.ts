import type { KeyFieldsFragment } from '../../generated/graphql.ts'
import { formatScope } from '../../kernel/grants.ts'
import type { Output } from '../terminal/output.ts'
import type { Style } from '../terminal/style.ts'
import type { Column } from '../terminal/table.ts'

const STATUS_STYLES: Readonly<Record<KeyFieldsFragment['status'], Style>> = {
  ACTIVE: 'green',
  SUSPENDED: 'yellow',
  EXPIRED: 'red',
  REVOKED: 'dim',
}

/** When any secret of the key was last used; null for never. */
export const lastUsedOf = (key: KeyFieldsFragment): string | null =>
  key.secrets.reduce<string | null>(
    (latest, { lastUsedAt }) => (lastUsedAt !== null && (latest === null || lastUsedAt > latest) ? lastUsedAt : latest),
    null,
  )

/** Columns of a table of keys. */
export const keyColumns = (output: Output): Column<KeyFieldsFragment>[] => [
  { title: 'ID', text: ({ id }) => id },
  { title: 'NAME', text: ({ name }) => name, narrowest: 8 },
  {
    title: 'STATUS',
    text: ({ status }) => status.toLowerCase(),
    style: ({ status }) => STATUS_STYLES[status],
  },
  {
    title: 'EXPIRES',
    text: ({ expiresAt }) => output.instant(expiresAt, 'never'),
    style: ({ expiringSoon }) => (expiringSoon ? 'yellow' : null),
    narrowest: 11,
  },
  { title: 'LAST USED', text: (key) => output.instant(lastUsedOf(key), 'never'), narrowest: 11, rank: 1 },
  { title: 'GRANTS', text: ({ grants }) => formatScope(grants), narrowest: 12, rank: 2 },
]
