import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { ExpiringKeyFragment, IdleKeyFragment } from '../../generated/graphql.ts'
import { RelativeTime } from '../../ui/relative-time.tsx'

type Listed = Pick<IdleKeyFragment, 'id' | 'name' | 'organization'>

interface KeyLineProps {
  readonly entry: Listed
  readonly here: string
  readonly children: ReactNode
}

/** A key as a line: its name, the organization where that is another, and a fact. */
const KeyLine = ({ entry, here, children }: KeyLineProps) => (
  <li className="line">
    <span className="line__name">
      <Link
        to="/console/$organizationId/keys/$keyId"
        params={{ organizationId: entry.organization.id, keyId: entry.id }}
      >
        {entry.name}
      </Link>
      {entry.organization.id !== here && <span className="muted small">{entry.organization.name}</span>}
    </span>
    <span className="line__fact">{children}</span>
  </li>
)

const SHOWN = 6

/** The keys whose expiry is next. */
export const NextToExpire = ({
  keys,
  here,
}: {
  readonly keys: readonly ExpiringKeyFragment[]
  readonly here: string
}) => (
  <ul className="lines">
    {keys.slice(0, SHOWN).map((key) => (
      <KeyLine key={key.id} entry={key} here={here}>
        {key.expiresAt != null && <RelativeTime instant={key.expiresAt} focusable={false} />}
      </KeyLine>
    ))}
  </ul>
)

/** Keys that nobody seems to need: `fact` says since when. */
export const IdleKeys = ({ keys, here }: { readonly keys: readonly IdleKeyFragment[]; readonly here: string }) => (
  <ul className="lines">
    {keys.map((key) => (
      <KeyLine key={key.id} entry={key} here={here}>
        {key.lastUsedAt == null ? (
          <>
            created <RelativeTime instant={key.createdAt} focusable={false} />
          </>
        ) : (
          <>
            used <RelativeTime instant={key.lastUsedAt} focusable={false} />
          </>
        )}
      </KeyLine>
    ))}
  </ul>
)
