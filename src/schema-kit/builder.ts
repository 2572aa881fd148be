import SchemaBuilder from '@pothos/core'
import ScopeAuthPlugin from '@pothos/plugin-scope-auth'
import { GraphQLDateTime, GraphQLJSONObject, GraphQLSafeInt } from 'graphql-scalars'
import type { JsonObject } from '../audit/canonical-json.ts'
import { formatDuration, LONGEST_DURATION, parseDuration } from '../kernel/duration.ts'
import type { GraphQLContext } from './context.ts'
import './parent-decides.ts'
import { type AuthScopes, refusal, scopeLoaders } from './scopes.ts'

interface SchemaTypes {
  Context: GraphQLContext
  AuthScopes: AuthScopes
  DefaultAuthStrategy: 'all'
  DefaultFieldNullability: false
  Scalars: {
    ID: { Input: string; Output: string }
    DateTime: { Input: Date; Output: Date }
    /** Whole seconds. */
    Duration: { Input: number; Output: number }
    SafeInt: { Input: number; Output: number }
    JSONObject: { Input: JsonObject; Output: JsonObject }
  }
}

/** The one schema builder. It refuses a schema in which a type or root field does not state who may read it. */
export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [ScopeAuthPlugin, 'parentDecides'],
  defaultFieldNullability: false,
  scopeAuth: {
    defaultStrategy: 'all',
    // A type's scopes are asked once for each object, before any of its fields.
    runScopesOnType: true,
    // A subscription is refused when it is asked for, and asked again for each event.
    authorizeOnSubscribe: true,
    authScopes: scopeLoaders,
    unauthorizedError: refusal,
  },
})

builder.addScalarType('DateTime', GraphQLDateTime, { description: 'UTC instant, RFC 3339.' })
builder.addScalarType('SafeInt', GraphQLSafeInt, { description: 'Whole number of at most 53 bits.' })
builder.addScalarType('JSONObject', GraphQLJSONObject, { description: 'A JSON object.' })

const durationOf = (value: unknown): number => {
  const seconds = typeof value === 'string' ? parseDuration(value) : null
  if (seconds === null)
    throw new TypeError(
      `must be an ISO 8601 duration of days, hours, minutes and whole seconds, like P30D or PT12H, of at most ${formatDuration(LONGEST_DURATION)}`,
    )
  return seconds
}

builder.scalarType('Duration', {
  description: 'ISO 8601 duration of days, hours, minutes and seconds: P30D, PT12H, PT90S.',
  serialize: formatDuration,
  parseValue: durationOf,
})

builder.queryType({ description: 'Everything that can be asked.' })
builder.mutationType({
  description: 'Everything that can be changed. Each mutation is one transaction: all of it is kept, or nothing.',
})
builder.subscriptionType({
  description:
    'Everything that can be listened to, live. Hand the last sequence that you have to after, to go on without a gap.',
})
