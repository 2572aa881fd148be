import SchemaBuilder from '@pothos/core'
import ScopeAuthPlugin from '@pothos/plugin-scope-auth'
import { GraphQLScalarType } from 'graphql'
import { GraphQLDateTime, GraphQLJSONObject, GraphQLSafeInt } from 'graphql-scalars'
import type { JsonObject } from '../audit-chain/canonical-json.ts'
import { formatDuration, LONGEST_DURATION, parseDuration } from '../kernel/duration.ts'
import { instantText } from '../kernel/instant.ts'
import type { GraphQLContext } from './context.ts'
import './parent-decides.ts'
import './scope-cache.ts'
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

/** The schema builder. It rejects a schema in which a type or a root field states no authorization rule. */
export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [ScopeAuthPlugin, 'parentDecides'],
  defaultFieldNullability: false,
  scopeAuth: {
    defaultStrategy: 'all',
    // Checks a type's scopes once for each object, before its fields.
    runScopesOnType: true,
    // Checks a subscription when it starts; each event is checked again.
    authorizeOnSubscribe: true,
    authScopes: scopeLoaders,
    unauthorizedError: refusal,
  },
})

builder.addScalarType(
  'DateTime',
  new GraphQLScalarType({
    ...GraphQLDateTime.toConfig(),
    // A Date in a result has its text made by JSON.stringify, which takes several times as long.
    serialize: (value) => instantText(value as Date),
  }),
  { description: 'A UTC instant in RFC 3339 format, such as `2026-01-31T12:00:00.000Z`.' },
)
builder.addScalarType('SafeInt', GraphQLSafeInt, { description: 'An integer between -(2^53 - 1) and 2^53 - 1.' })
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
  description: 'An ISO 8601 duration of days, hours, minutes and whole seconds, such as `P30D`, `PT12H` or `PT90S`.',
  serialize: formatDuration,
  parseValue: durationOf,
})

builder.queryType({ description: 'Queries.' })
builder.mutationType({
  description: 'Mutations. Each mutation is one transaction: either all of its changes are stored, or none.',
})
builder.subscriptionType({
  description: 'Live subscriptions. To resume without a gap, pass the sequence of the last received event as `after`.',
})
