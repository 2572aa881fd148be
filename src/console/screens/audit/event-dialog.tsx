import { getRouteApi } from '@tanstack/react-router'
import { PartFailure } from '../../app/load-failure.tsx'
import { useData } from '../../data/use-data.ts'
import { readFragment } from '../../generated/fragment-masking.ts'
import { AuditEventByIdDocument, type AuditRowFragment, AuditRowFragmentDoc } from '../../generated/graphql.ts'
import { useRights } from '../../rights/rights.ts'
import { CopyAs } from '../../shell/copy-as.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { CodeBlock } from '../../ui/code.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { formatAbsolute } from '../../ui/format-time.ts'
import { Facts } from '../../ui/layout.tsx'
import { Skeleton } from '../../ui/states.tsx'
import { EventDiff } from './event-diff.tsx'
import { labelOf, toneOf } from './event-types.ts'

const route = getRouteApi('/console/$organizationId/audit')

/** The event whose id is in the address. */
export const EventDialog = () => {
  const { event: id } = route.useSearch()
  const navigate = route.useNavigate()
  if (id === undefined) return null
  const close = () => void navigate({ search: ({ event: _, ...rest }) => rest })
  return <OpenEvent id={id} onClose={close} />
}

const OpenEvent = ({ id, onClose }: { readonly id: string; readonly onClose: () => void }) => {
  const origins = useRights().has('audit', 'MANAGER')
  const variables = { id, origins }
  const { data, error, reload } = useData(AuditEventByIdDocument, variables, { live: false })
  const node = data?.node?.__typename === 'AuditEvent' ? data.node : null
  const event = readFragment(AuditRowFragmentDoc, node)
  return (
    <Dialog
      open
      size="large"
      onClose={onClose}
      title={event === null ? 'Event' : `Event ${event.sequence}: ${labelOf(event.type)}`}
      footer={
        <>
          <CopyAs document={AuditEventByIdDocument} variables={variables} command={null} />
          <Button onClick={onClose}>Close</Button>
        </>
      }
    >
      {event !== null && node !== null ? (
        <EventDetails event={event} origin={node} />
      ) : error === null && data === undefined ? (
        <Skeleton lines={8} />
      ) : error === null ? (
        <p>There is no such event, or you may not see it.</p>
      ) : (
        <PartFailure error={error} onRetry={reload} />
      )}
    </Dialog>
  )
}

interface EventDetailsProps {
  readonly event: AuditRowFragment
  /** Given to those who may read it. */
  readonly origin: { readonly ipAddress?: string | null; readonly userAgent?: string | null }
}

const EventDetails = ({ event, origin }: EventDetailsProps) => {
  const navigate = route.useNavigate()
  const only = (filter: { readonly actor?: string; readonly target?: string }) => void navigate({ search: filter })
  return (
    <div className="stack">
      <div className="row">
        <Badge tone={toneOf(event.type)} dot>
          {event.type}
        </Badge>
        <span className="muted">{formatAbsolute(new Date(event.occurredAt))}</span>
      </div>
      <EventDiff details={event.details} />
      <Facts
        facts={[
          {
            name: 'By',
            value: (
              <Party name={event.actor.name ?? labelOf(event.actor.kind)} id={event.actor.id}>
                {(actor) => only({ actor })}
              </Party>
            ),
          },
          {
            name: 'About',
            value:
              event.targetId === null && event.targetName === null ? null : (
                <Party name={event.targetName ?? ''} id={event.targetId}>
                  {(target) => only({ target })}
                </Party>
              ),
          },
          { name: 'With key', value: event.credentialId && <code>{event.credentialId}</code> },
          { name: 'With token', value: event.tokenId && <code>{event.tokenId}</code> },
          { name: 'From', value: origin.ipAddress },
          { name: 'User agent', value: origin.userAgent },
          { name: 'Request', value: event.requestId && <code>{event.requestId}</code> },
          { name: 'Hash', value: <code className="audit-hash">{event.hash}</code> },
          { name: 'Hash before', value: <code className="audit-hash">{event.previousHash}</code> },
        ]}
      />
      <details>
        <summary>All details as JSON</summary>
        <CodeBlock title="JSON" code={JSON.stringify(event.details, null, 2)} />
      </details>
    </div>
  )
}

interface PartyProps {
  readonly name: string
  readonly id: string | null
  readonly children: (id: string) => void
}

const Party = ({ name, id, children: onFilter }: PartyProps) => (
  <span className="row">
    <span>{name}</span>
    {id !== null && (
      <>
        <code>{id}</code>
        <Button size="small" variant="quiet" icon="filter" onClick={() => onFilter(id)}>
          Only these
        </Button>
      </>
    )}
  </span>
)
