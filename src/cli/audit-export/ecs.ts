import { type Activity, actionOf, type EventKind, kindOf } from './event-kinds.ts'
import { type ExportedEvent, type ExportSource, outcomeOf, subjectOf, withoutNulls } from './export-format.ts'

const ECS_VERSION = '8.11.0'

const TYPES: Record<Activity, string> = {
  create: 'creation',
  update: 'change',
  delete: 'deletion',
  suspend: 'change',
  resume: 'change',
  other: 'info',
}

/** `event.category` and `event.type`: values that ECS allows together. */
const classificationOf = ({ entity, activity, refused }: EventKind): { category: string[]; type: string[] } => {
  if (refused === true) return { category: ['api'], type: ['denied'] }
  if (entity === 'session')
    return { category: ['authentication', 'session'], type: [activity === 'create' ? 'start' : 'end'] }
  if (entity === 'access token')
    return { category: ['authentication'], type: [activity === 'create' ? 'start' : 'end'] }
  if (entity === 'policy' || entity === 'notification route' || entity === 'signing key')
    return { category: ['configuration'], type: [TYPES[activity]] }
  return { category: ['iam'], type: [TYPES[activity]] }
}

/** An event as a document of the Elastic Common Schema. */
export const toEcs = (event: ExportedEvent, source: ExportSource): object => {
  const kind = kindOf(event.type)
  const { actor, ipAddress } = event
  const names = [actor.name].filter((name) => name !== null)
  return withoutNulls({
    '@timestamp': event.occurredAt,
    ecs: { version: ECS_VERSION },
    message: subjectOf(event, kind),
    event: {
      id: event.id,
      sequence: event.sequence,
      kind: 'event',
      ...classificationOf(kind),
      action: actionOf(event.type),
      code: event.type,
      outcome: outcomeOf(kind),
      severity: kind.severity,
      provider: 'keyturn',
      module: 'keyturn',
      dataset: 'keyturn.audit',
      hash: event.hash,
    },
    organization: { id: event.organizationId },
    observer: { vendor: 'Keyturn', product: 'Keyturn', version: source.version, hostname: source.server },
    user: actor.id === null ? null : withoutNulls({ id: actor.id, name: actor.name }),
    source: ipAddress === null ? null : { ip: ipAddress, address: ipAddress },
    user_agent: event.userAgent === null ? null : { original: event.userAgent },
    http: event.requestId === null ? null : { request: { id: event.requestId } },
    related: withoutNulls({
      ip: ipAddress === null ? null : [ipAddress],
      user: names.length === 0 ? null : names,
    }),
    keyturn: withoutNulls({
      actor: { kind: actor.kind },
      target: event.targetId === null ? null : withoutNulls({ id: event.targetId, name: event.targetName }),
      credential_id: event.credentialId,
      token_id: event.tokenId,
      details: event.details,
      previous_hash: event.previousHash,
    }),
  })
}
