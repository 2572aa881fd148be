import { type Activity, actionOf, kindOf } from './event-kinds.ts'
import { type ExportedEvent, type ExportSource, outcomeOf, subjectOf, withoutNulls } from './export-format.ts'

// OCSF 1.3: the first version in which an entity can be suspended and resumed.
const OCSF_VERSION = '1.3.0'

const ENTITY_MANAGEMENT = {
  class_uid: 3004,
  class_name: 'Entity Management',
  category_uid: 3,
  category_name: 'Identity & Access Management',
}
const API_ACTIVITY = {
  class_uid: 6003,
  class_name: 'API Activity',
  category_uid: 6,
  category_name: 'Application Activity',
}

const OTHER = 99
const ENTITY_ACTIVITIES: Record<Activity, readonly [number, string]> = {
  create: [1, 'Create'],
  update: [3, 'Update'],
  delete: [4, 'Delete'],
  suspend: [12, 'Suspend'],
  resume: [13, 'Resume'],
  other: [OTHER, 'Other'],
}
const API_ACTIVITIES: Record<Activity, readonly [number, string]> = {
  create: [1, 'Create'],
  update: [3, 'Update'],
  delete: [4, 'Delete'],
  suspend: [OTHER, 'Other'],
  resume: [OTHER, 'Other'],
  other: [OTHER, 'Other'],
}
const SEVERITIES = ['Unknown', 'Informational', 'Low', 'Medium', 'High', 'Critical'] as const
// A value for services came with OCSF 1.4.
const USER_TYPES: Readonly<Record<string, readonly [number, string]>> = {
  USER: [1, 'User'],
  API_KEY: [OTHER, 'API key'],
}

/** `type_id` and `type` of managed entities that OCSF names. It calls all others by the words of their source. */
const ENTITY_TYPES: Readonly<Record<string, readonly [number, string]>> = {
  organization: [4, 'Organization'],
  policy: [5, 'Policy'],
}

const actorOf = ({ actor }: ExportedEvent) => {
  const type = USER_TYPES[actor.kind]
  if (actor.id === null || type === undefined) return { app_name: actor.kind === 'SYSTEM' ? 'Keyturn' : 'anonymous' }
  return { user: withoutNulls({ uid: actor.id, name: actor.name, type_id: type[0], type: type[1] }) }
}

/** An event as an object of OCSF: class Entity Management (3004) or API Activity (6003). */
export const toOcsf = (event: ExportedEvent, source: ExportSource): object => {
  const kind = kindOf(event.type)
  const isEntity = kind.class === 'entity'
  const [activityId, activityName] = (isEntity ? ENTITY_ACTIVITIES : API_ACTIVITIES)[kind.activity]
  const about = isEntity ? ENTITY_MANAGEMENT : API_ACTIVITY
  const subject = withoutNulls({ uid: event.targetId ?? event.organizationId, name: event.targetName })
  const [typeId, type] = ENTITY_TYPES[kind.entity] ?? [OTHER, kind.entity]
  const [statusId, status] = outcomeOf(kind) === 'success' ? [1, 'Success'] : [2, 'Failure']
  return withoutNulls({
    ...about,
    activity_id: activityId,
    activity_name: activityId === OTHER ? actionOf(event.type) : activityName,
    type_uid: about.class_uid * 100 + activityId,
    type_name: `${about.class_name}: ${activityName}`,
    severity_id: kind.severity,
    severity: SEVERITIES[kind.severity],
    time: Date.parse(event.occurredAt),
    timezone_offset: 0,
    message: subjectOf(event, kind),
    status_id: statusId,
    status,
    metadata: withoutNulls({
      version: OCSF_VERSION,
      product: { name: 'Keyturn', vendor_name: 'Keyturn', version: source.version },
      // Entity Management has an actor by this profile alone.
      profiles: isEntity ? ['host'] : null,
      uid: event.id,
      sequence: event.sequence,
      event_code: event.type,
      log_name: 'audit',
      log_provider: 'Keyturn',
      original_time: event.occurredAt,
      tenant_uid: event.organizationId,
      correlation_uid: event.requestId,
    }),
    actor: actorOf(event),
    ...(isEntity
      ? { entity: { ...subject, type_id: typeId, type }, comment: noteOf(event) }
      : { api: apiOf(event, source), resources: [{ ...subject, type: kind.entity }] }),
    src_endpoint: event.ipAddress !== null ? { ip: event.ipAddress } : isEntity ? null : { svc_name: source.server },
    http_request: event.userAgent === null ? null : withoutNulls({ user_agent: event.userAgent, uid: event.requestId }),
    unmapped: withoutNulls({
      details: event.details,
      credential_uid: event.credentialId,
      token_uid: event.tokenId,
      previous_hash: event.previousHash,
      hash: event.hash,
    }),
  })
}

const apiOf = ({ type, requestId }: ExportedEvent, { version }: ExportSource) =>
  withoutNulls({
    operation: actionOf(type),
    request: requestId === null ? null : { uid: requestId },
    service: { name: 'Keyturn', version },
  })

const noteOf = ({ details }: ExportedEvent): string | null => (typeof details.note === 'string' ? details.note : null)
