import { type GraphQLObjectType, getNamedType, isLeafType } from 'graphql'
import { schema } from '../../src/graphql-server/schema.ts'
import type { Furniture } from './furniture.ts'
import { type Caller, decideObject, decideRow, type Target, type Verdict } from './oracle.ts'

/** A subscription that replays what has happened, so that it has something to say at once. */
export interface SubscriptionCase {
  readonly row: string
  readonly text: string
  /** Whether the caller may subscribe at all. */
  readonly opens: (caller: Caller) => Verdict
  /** Ids or positions of the first events for callers who may subscribe; empty if the events are not for them. */
  readonly first: (caller: Caller) => readonly string[]
  /** Whether more may follow. */
  readonly goesOn: boolean
  readonly idOf: (value: Record<string, unknown>) => string
  /** Every field of the events, and whether the caller may read it. */
  readonly fields: readonly { readonly row: string; readonly name: string; readonly mayBeNull: boolean }[]
  readonly target: Target
}

const MAY_BE_NULL = [
  'acknowledgedAt',
  'acknowledgedBy',
  'credentialId',
  'tokenId',
  'requestId',
  'targetId',
  'targetName',
]

const fieldsOf = (type: string) =>
  Object.values((schema.getType(type) as GraphQLObjectType).getFields()).map((field) => ({
    row: `${type}.${field.name}`,
    name: field.name,
    text: isLeafType(getNamedType(field.type)) ? field.name : `${field.name} { __typename }`,
    mayBeNull: MAY_BE_NULL.includes(field.name),
  }))

const caseOf = (
  name: string,
  type: string,
  input: object,
  more: Omit<SubscriptionCase, 'row' | 'text' | 'fields'>,
  types = '',
): SubscriptionCase => {
  const fields = fieldsOf(type)
  const given = Object.entries({ ...input, after: 0 }).map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
  const text = `subscription { ${name}(${given.join(', ')} ${types}) { ${fields.map((field) => field.text).join(' ')} } }`
  return { row: `Subscription.${name}`, text, fields, ...more }
}

/** The first of all events was the service's own: it has no address. */
const fromNowhere = (one: SubscriptionCase): SubscriptionCase => ({
  ...one,
  fields: one.fields.map((field) => ({ ...field, mayBeNull: true })),
})

/** Both, one after the other: the first that refuses. */
const both = (first: Verdict, second: () => Verdict): Verdict => (first.open ? second() : first)

/** The subscriptions to an organization that has one of everything. */
export const subscriptionCases = (place: Furniture): SubscriptionCase[] => {
  const { organizationId } = place
  const { organization, apiKey, personalKey } = place.targets
  const ofKey = (keyId: string, type: string, target: Target) =>
    caseOf(
      'keyEvents',
      'AuditEvent',
      { organizationId, keyId },
      {
        opens: (caller) =>
          both(decideRow('Subscription.keyEvents', caller, organization), () => decideObject(type, caller, target)),
        first: () => ['KEY_CREATED'],
        goesOn: true,
        idOf: ({ type: eventType }) => String(eventType),
        target: organization,
      },
    )
  const warnings = [
    { id: place.apiKeyWarning, target: apiKey },
    { id: place.personalKeyWarning, target: personalKey },
  ]
  return [
    ofKey(place.apiKey, 'ApiKey', apiKey),
    ofKey(place.personalKey, 'PersonalAccessKey', personalKey),
    fromNowhere(
      caseOf(
        'keyEvents',
        'AuditEvent',
        { organizationId },
        {
          opens: (caller) => decideRow('Subscription.keyEvents', caller, organization),
          first: () => ['KEY_CREATED'],
          goesOn: true,
          idOf: ({ type: eventType }) => String(eventType),
          target: organization,
        },
        'types: [KEY_CREATED]',
      ),
    ),
    caseOf(
      'revocations',
      'Revocation',
      { organizationId },
      {
        opens: (caller) => decideRow('Subscription.revocations', caller, organization),
        first: () => [place.suspendedKey],
        goesOn: true,
        idOf: ({ keyId }) => String(keyId),
        target: organization,
      },
    ),
    caseOf(
      'expiryWarnings',
      'ExpiryWarning',
      { organizationId },
      {
        opens: (caller) => decideRow('Subscription.expiryWarnings', caller, organization),
        first: (caller) =>
          warnings.flatMap(({ id, target }) => (decideObject('ExpiryWarning', caller, target).open ? [id] : [])),
        goesOn: false,
        idOf: ({ id }) => String(id),
        target: apiKey,
      },
    ),
  ]
}
