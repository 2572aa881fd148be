import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { schema } from '../../src/graphql-server/schema.ts'
import type { Furniture } from './furniture.ts'
import { type Caller, decideObject, decideRow, type Own, type Target, type Verdict } from './oracle.ts'
import { OBJECTS, TABLE } from './table.ts'

/** One field on the way to an object. */
interface Step {
  readonly row: string
  readonly name: string
  /** The field with its arguments, and the type that it is taken for where that must be said. */
  readonly text: string
  readonly as?: string
  readonly type: string
  readonly target: Target
  /** Whether it is visible through its parent, even to callers who cannot find it by its id. */
  readonly shownAlong?: true
}

/** One field of one object, and the way to it. */
export interface FieldCase {
  readonly row: string
  /** The rows of the fields on the way to it. */
  readonly way: readonly string[]
  readonly selection: string
  /** Whether it may be null for those who may read it. */
  readonly mayBeNull: boolean
  readonly expect: (caller: Caller) => Verdict & { readonly path: readonly string[] }
}

const NOWHERE: Target = { path: null }

const quoted = (id: string): string => JSON.stringify(id)

const node = (id: string, type: string, target: Target): Step[] => [
  { row: 'Query.node', name: 'node', text: `node(id: ${quoted(id)})`, as: type, type, target },
]
const key = (id: string, type: string, target: Target, as?: string): Step[] => [
  { row: 'Query.key', name: 'key', text: `key(id: ${quoted(id)})`, ...(as === undefined ? {} : { as }), type, target },
]

/** A way to an object of each type that can be found by itself. */
const waysInto = (place: Furniture): Step[][] => {
  const { organization, module, apiKey, personalKey, user, member, session } = place.targets
  const text = `organization(id: ${quoted(place.organizationId)})`
  return [
    [{ row: 'Query.organization', name: 'organization', text, type: 'Organization', target: organization }],
    node(place.project, 'Project', organization),
    node(place.module, 'Module', module),
    node(place.member.memberId, 'Member', member),
    node(place.member.userId, 'User', user),
    node(place.event, 'AuditEvent', organization),
    node(place.apiKeyWarning, 'ExpiryWarning', apiKey),
    node(place.route, 'NotificationRoute', organization),
    node(place.delivery, 'NotificationDelivery', organization),
    node(place.session, 'Session', session),
    node(place.personalKeyWarning, 'ExpiryWarning', personalKey),
    key(place.apiKey, 'Key', apiKey),
    key(place.apiKey, 'ApiKey', apiKey, 'ApiKey'),
    key(place.personalKey, 'PersonalAccessKey', personalKey, 'PersonalAccessKey'),
    node(place.apiKey, 'ApiKey', apiKey).map((step) => ({ ...step, as: 'Node' })),
    [
      ...key(place.personalKey, 'PersonalAccessKey', personalKey, 'PersonalAccessKey'),
      {
        row: 'PersonalAccessKey.owner',
        name: 'owner',
        text: 'owner',
        type: 'User',
        target: user,
        shownAlong: true,
      },
    ],
  ]
}

/** What is the caller's own: the key that calls, or that the person who calls owns, and they themselves. */
const ownWays = ({ key: own, user, session }: Own): Step[][] => {
  const { id = '', kind } = own.key ?? {}
  const type = kind === 'API_KEY' ? 'ApiKey' : 'PersonalAccessKey'
  return [
    [{ row: 'Query.viewer', name: 'viewer', text: 'viewer', type: 'Viewer', target: NOWHERE }],
    node(user.userId ?? '', 'User', user),
    node(session.id, 'Session', session.target),
    key(id, 'Key', own),
    key(id, type, own, type),
  ]
}

export const fieldsOf = (name: string): Readonly<Record<string, GraphQLField<unknown, unknown>>> => {
  const type = schema.getType(name)
  if (!isObjectType(type) && !isInterfaceType(type)) throw new Error(`${name} has no fields.`)
  return type.getFields()
}

export const argumentsOf = (row: string, field: GraphQLField<unknown, unknown>, place: Furniture): string => {
  if (row === 'Viewer.grants') return `(organizationId: ${quoted(place.organizationId)})`
  if (row === 'Organization.policyPreview') return '(policy: {})'
  return field.args.some(({ name }) => name === 'first') ? '(first: 1)' : ''
}

const isPart = (type: GraphQLNamedType): type is GraphQLObjectType =>
  isObjectType(type) && OBJECTS[type.name] === undefined

/** The ways on from these: into the types that are part of an object, or are found through one alone. */
const extended = (ways: readonly Step[][], place: Furniture): Step[][] => {
  const known = new Set(ways.map((way) => way.at(-1)?.type))
  const all = [...ways]
  // The list grows while it is walked: what was reached leads on.
  for (const way of all) {
    const last = way.at(-1)
    if (last === undefined) continue
    for (const field of Object.values(fieldsOf(last.type))) {
      const type = getNamedType(field.type)
      if (known.has(type.name) || !(isPart(type) || type.name === 'Module' || type.name === 'Invitation')) continue
      known.add(type.name)
      const row = `${last.type}.${field.name}`
      const text = `${field.name}${argumentsOf(row, field, place)}`
      all.push([...way, { row, name: field.name, text, type: type.name, target: last.target }])
    }
  }
  return all
}

const within = (way: readonly Step[], leaf: string): string =>
  way.reduceRight(
    (inner, { text, as }) => `${text} { ${as === undefined ? inner : `... on ${as} { ${inner} }`} }`,
    leaf,
  )

const expectation =
  (way: readonly Step[], row: string, name: string, target: Target): FieldCase['expect'] =>
  (caller) => {
    const path: string[] = []
    let parent: Target = NOWHERE
    for (const step of way) {
      path.push(step.name)
      const entered = decideRow(step.row, caller, parent)
      if (!entered.open) return { ...entered, path }
      const seen: Verdict = step.shownAlong ? { open: true } : decideObject(step.type, caller, step.target)
      if (!seen.open) return { ...seen, path }
      parent = step.target
    }
    return { ...decideRow(row, caller, target), path: [...path, name] }
  }

/**
 * Plain values that there need not be, unless a rule of their own opens them. Those, whole objects and lists are there, or
 * the caller is told why not.
 */
export const mayBeNull = (row: string, { name, type }: GraphQLField<unknown, unknown>): boolean => {
  if (['parent', 'project', 'user', 'key', 'event'].includes(name)) return !isNonNullType(type)
  return isLeafType(type) && (TABLE[row]?.any ?? []).every(({ who }) => who === 'reader')
}

const casesOn = (way: readonly Step[], place: Furniture): FieldCase[] => {
  const last = way.at(-1)
  if (last === undefined) return []
  // Through Node alone, an object has its id and nothing else.
  const type = last.as === 'Node' ? 'Node' : last.type
  return Object.values(fieldsOf(type)).map((field) => {
    const row = `${type}.${field.name}`
    const leaf = isLeafType(getNamedType(field.type)) ? '' : ' { __typename }'
    const target = row === 'Viewer.grants' ? place.targets.organization : last.target
    return {
      row,
      way: way.map((step) => step.row),
      selection: within(way, `${field.name}${argumentsOf(row, field, place)}${leaf}`),
      mayBeNull: mayBeNull(row, field),
      expect: expectation(way, row, field.name, target),
    }
  })
}

/** Every field of every type that can be reached in an organization. */
export const fieldCases = (place: Furniture): FieldCase[] =>
  extended(waysInto(place), place).flatMap((way) => casesOn(way, place))

/** The same of what is the caller's own. */
export const ownFieldCases = (own: Own, place: Furniture): FieldCase[] =>
  ownWays(own).flatMap((way) => casesOn(way, place))
