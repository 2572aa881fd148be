import { z } from 'zod'

// What OCSF 1.3.0 (https://schema.ocsf.io/1.3.0) requires of the two classes that are exported: attributes, their types, the
// values of enumerations, and the constraints of objects. Written from its documentation; attributes that are not listed in
// a class are refused.

const atLeastOne = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape).refine((object) => Object.values(object).some((value) => value !== undefined), {
    error: 'needs at least one attribute',
  })

const user = atLeastOne({
  uid: z.string().optional(),
  name: z.string().optional(),
  type: z.string().optional(),
  type_id: z.union([0, 1, 2, 3, 4, 99].map((id) => z.literal(id))).optional(),
})
const actor = atLeastOne({ user: user.optional(), app_name: z.string().optional() })
const endpoint = atLeastOne({
  ip: z.union([z.ipv4(), z.ipv6()]).optional(),
  svc_name: z.string().optional(),
})
const named = z
  .strictObject({ uid: z.string().optional(), name: z.string().optional(), type: z.string().optional() })
  .refine(({ uid, name }) => uid !== undefined || name !== undefined, { error: 'needs uid or name' })

const metadata = z.strictObject({
  version: z.literal('1.3.0'),
  product: z.strictObject({ name: z.string(), vendor_name: z.string(), version: z.string().optional() }),
  profiles: z.array(z.enum(['host', 'cloud', 'datetime'])).optional(),
  uid: z.string().optional(),
  sequence: z.int().optional(),
  event_code: z.string().optional(),
  log_name: z.string().optional(),
  log_provider: z.string().optional(),
  original_time: z.string().optional(),
  tenant_uid: z.string().optional(),
  correlation_uid: z.string().optional(),
})

const base = {
  activity_name: z.string().optional(),
  category_name: z.string().optional(),
  class_name: z.string().optional(),
  type_uid: z.int(),
  type_name: z.string().optional(),
  severity_id: z.union([0, 1, 2, 3, 4, 5, 6, 99].map((id) => z.literal(id))),
  severity: z.string().optional(),
  /** Milliseconds since the epoch. */
  time: z.int().min(1_000_000_000_000),
  message: z.string().optional(),
  status_id: z.union([0, 1, 2, 99].map((id) => z.literal(id))).optional(),
  status: z.string().optional(),
  metadata,
  http_request: z.strictObject({ user_agent: z.string().optional(), uid: z.string().optional() }).optional(),
  unmapped: z.record(z.string(), z.unknown()).optional(),
}

const ENTITY_ACTIVITIES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 99]
const API_ACTIVITIES = [0, 1, 2, 3, 4, 99]

const entityManagement = z.strictObject({
  ...base,
  category_uid: z.literal(3),
  class_uid: z.literal(3004),
  activity_id: z.union(ENTITY_ACTIVITIES.map((id) => z.literal(id))),
  entity: named,
  comment: z.string().optional(),
  /** By the profile `host`. */
  actor: actor.optional(),
  src_endpoint: endpoint.optional(),
})

const apiActivity = z.strictObject({
  ...base,
  category_uid: z.literal(6),
  class_uid: z.literal(6003),
  activity_id: z.union(API_ACTIVITIES.map((id) => z.literal(id))),
  actor,
  api: z.strictObject({ operation: z.string(), service: z.strictObject({ name: z.string() }).optional() }),
  src_endpoint: endpoint,
  resources: z.array(named).optional(),
})

const anyClass = z
  .discriminatedUnion('class_uid', [entityManagement, apiActivity])
  .refine(({ class_uid, activity_id, type_uid }) => type_uid === class_uid * 100 + activity_id, {
    error: 'type_uid must be class_uid * 100 + activity_id',
  })
  .refine((event) => event.class_uid !== 3004 || event.metadata.profiles?.includes('host') === true, {
    error: 'actor needs the profile host',
  })

/** What of an object does not fit its class. */
export const faultsOfOcsf = (object: unknown): string[] => {
  const parsed = anyClass.safeParse(object)
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}
