import { Link } from '@tanstack/react-router'
import { useAction } from '../../data/use-action.ts'
import { readFragment } from '../../generated/fragment-masking.ts'
import {
  AcknowledgeWarningInConsoleDocument,
  KeyFactsFragmentDoc,
  type WarningLineFragment,
} from '../../generated/graphql.ts'
import { useRights } from '../../rights/rights.ts'
import { CopyAs } from '../../shell/copy-as.tsx'
import { usePlace } from '../../shell/place.ts'
import { Badge, KeyStatusBadge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { formatDuration } from '../../ui/format-time.ts'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { useNow } from '../../ui/use-now.ts'
import { type KeyFacts, rotationOf } from '../key/key-facts.ts'
import { refusalsOf } from '../key/key-rights.ts'
import { Deliveries } from './deliveries.tsx'

export interface WarningItemProps {
  readonly warning: WarningLineFragment
  readonly onChanged: () => void
  /** Starts the rotation of the key. */
  readonly onRotate: (keyFacts: KeyFacts) => void
}

const DAY_MS = 24 * 3_600_000

const urgencyOf = (expiresAt: string, now: number): 'bad' | 'warn' | 'neutral' => {
  const left = new Date(expiresAt).getTime() - now
  if (left < DAY_MS) return 'bad'
  return left < 7 * DAY_MS ? 'warn' : 'neutral'
}

/** A warning, and what to do about it. */
export const WarningItem = ({ warning, onChanged, onRotate }: WarningItemProps) => {
  const rights = useRights()
  const { viewer } = usePlace()
  const key = readFragment(KeyFactsFragmentDoc, warning.key)
  const acknowledge = useAction(AcknowledgeWarningInConsoleDocument)
  const input = { id: warning.id }
  const refusals = refusalsOf(key, viewer.user?.id, rights)
  return (
    <li className="warning">
      <div className="warning__text">
        <span className="row">
          <Link
            to="/console/$organizationId/keys/$keyId"
            params={{ organizationId: key.organization.id, keyId: key.id }}
            className="warning__name"
          >
            {key.name}
          </Link>
          <KeyStatusBadge status={key.status} expiringSoon={key.expiringSoon} />
          {rotationOf(key) && <Badge tone="info">Rotation under way</Badge>}
        </span>
        <Ending warning={warning} />
        {key.expiresAt !== warning.expiresAt && key.status !== 'REVOKED' && (
          <span className="small warning__settled">
            Settled: the key was rotated{key.expiresAt == null ? '' : ', and now ends '}
            {key.expiresAt != null && <RelativeTime instant={key.expiresAt} focusable={false} />}
          </span>
        )}
        {warning.acknowledgedAt != null && (
          <span className="muted small">
            Acknowledged <RelativeTime instant={warning.acknowledgedAt} focusable={false} />
            {warning.acknowledgedBy?.name && ` by ${warning.acknowledgedBy.name}`}
          </span>
        )}
        {warning.deliveries && <Deliveries deliveries={warning.deliveries} />}
      </div>
      <div className="row warning__actions">
        <CopyAs
          document={AcknowledgeWarningInConsoleDocument}
          variables={{ input }}
          command={`keyturn warnings --acknowledge ${warning.id}`}
        />
        <Button
          size="small"
          icon="rotate"
          disabledReason={refusals.rotate}
          aria-label={`Rotate ${key.name}`}
          onClick={() => onRotate(key)}
        >
          Rotate
        </Button>
        {warning.acknowledgedAt == null && (
          <Button
            size="small"
            icon="check"
            busy={acknowledge.isRunning}
            aria-label={`Acknowledge the warning about ${key.name}`}
            onClick={async () => {
              if (await acknowledge.run({ input })) onChanged()
            }}
          >
            Acknowledge
          </Button>
        )}
      </div>
    </li>
  )
}

const Ending = ({ warning: { expiresAt, threshold, createdAt } }: { readonly warning: WarningLineFragment }) => {
  const now = useNow(1_000)
  const isOver = new Date(expiresAt).getTime() <= now
  return (
    <span className="warning__ending" data-urgency={urgencyOf(expiresAt, now)}>
      {isOver ? 'Ended' : 'Ends'} <RelativeTime instant={expiresAt} />
      <span className="muted small">
        {' '}
        · warned {formatDuration(threshold)} before, <RelativeTime instant={createdAt} focusable={false} />
      </span>
    </span>
  )
}
