import { type GraphQLNamedType, type GraphQLObjectType, getNamedType, isLeafType, isObjectType } from 'graphql'
import { schema } from '../../src/graphql-server/schema.ts'
import { argumentsOf, fieldsOf } from './field-cases.ts'
import type { Furniture } from './furniture.ts'
import type { Mismatch } from './judge.ts'
import { OBJECTS } from './table.ts'
import type { Answer, Wire } from './wires.ts'

/** A path through nested fields, lists and edges to objects that could be found by their ids as well. */
export interface NestedPath {
  readonly name: string
  readonly text: string
  readonly steps: readonly string[]
}

/** How many objects with ids of their own are on the way to the last one. */
const DEEPEST = 2
const LOOK_UPS_AT_ONCE = 10

const isNode = (type: GraphQLNamedType): type is GraphQLObjectType =>
  isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Node')

// Whether a member is inherited depends on the organization of the list; the others are signed or calculated for each read.
const NOT_COMPARED = ['Member.inherited', 'Organization.auditCheckpoint', 'Organization.auditVerification']

/** Plain fields, and the plain fields of what is part of the object; pages and other objects are paths of their own. */
const plainSelection = (type: string): string => {
  const selected = Object.values(fieldsOf(type)).flatMap((field) => {
    const named = getNamedType(field.type)
    if (field.args.length > 0 || NOT_COMPARED.includes(`${type}.${field.name}`)) return []
    if (isLeafType(named)) return [field.name]
    if (!isObjectType(named) || OBJECTS[named.name] !== undefined || named.name.endsWith('Connection')) return []
    const inner = Object.values(named.getFields()).filter((part) => isLeafType(getNamedType(part.type)))
    return [`${field.name} { ${inner.map((part) => part.name).join(' ')} }`]
  })
  return `... on ${type} { __typename ${selected.join(' ')} }`
}

const selectionOf = (type: string): string =>
  type === 'Key' ? ['ApiKey', 'PersonalAccessKey'].map(plainSelection).join(' ') : plainSelection(type)

interface Begun {
  readonly text: readonly string[]
  readonly steps: readonly string[]
  readonly type: string
  readonly depth: number
}

const continuations = ({ text, steps, type, depth }: Begun, place: Furniture): Begun[] =>
  Object.values(fieldsOf(type)).flatMap((field) => {
    const named = getNamedType(field.type)
    if (!isObjectType(named) && named.name !== 'Key') return []
    const isObject = OBJECTS[named.name] !== undefined
    if (isObject && depth >= DEEPEST) return []
    const given = argumentsOf(`${type}.${field.name}`, field, place).replace('first: 1', 'first: 3')
    return [
      {
        text: [...text, `${field.name}${given}`],
        steps: [...steps, field.name],
        type: named.name,
        depth: isObject ? depth + 1 : depth,
      },
    ]
  })

/** Every path of a few steps from what can be asked for in an organization. */
export const nestedPaths = (place: Furniture): NestedPath[] => {
  const node = (id: string, type: string): Begun => ({
    text: [`node(id: "${id}")`, `... on ${type}`],
    steps: ['node'],
    type,
    depth: 0,
  })
  const open: Begun[] = [
    { text: ['viewer'], steps: ['viewer'], type: 'Viewer', depth: 0 },
    node(place.organizationId, 'Organization'),
    node(place.apiKey, 'ApiKey'),
    node(place.personalKey, 'PersonalAccessKey'),
    node(place.apiKeyWarning, 'ExpiryWarning'),
    node(place.member.memberId, 'Member'),
    node(place.project, 'Project'),
  ]
  const found: NestedPath[] = []
  // The list grows while it is walked: what was reached leads on.
  for (const begun of open) {
    for (const next of continuations(begun, place)) {
      open.push(next)
      const type = schema.getType(next.type)
      if (next.type !== 'Key' && (type === undefined || !isNode(type))) continue
      const text = next.text.reduceRight((inner, step) => `${step} { ${inner} }`, selectionOf(next.type))
      found.push({ name: next.steps.join('.'), text: `{ ${text} }`, steps: next.steps })
    }
  }
  return found
}

type Found = Readonly<Record<string, unknown>> & { readonly __typename: string; readonly id: string }

/** All values at the ends of a path. */
const endsOf = (value: unknown, steps: readonly string[]): Found[] => {
  if (value == null) return []
  if (Array.isArray(value)) return value.flatMap((item) => endsOf(item, steps))
  const [step, ...rest] = steps
  return step === undefined ? [value as Found] : endsOf((value as Record<string, unknown>)[step], rest)
}

/** The owner's name and id are visible with what they own, to every reader. Nothing else is visible that its root path hides. */
const isShownAnyway = (type: string, field: string): boolean => type === 'User' && ['id', 'name'].includes(field)

/** Walks every path, and asks for all that was found by its id: a path must not show what the id does not. */
export const judgePaths = async (
  wire: Wire,
  paths: readonly NestedPath[],
): Promise<{ readonly found: number; readonly mismatches: Mismatch[] }> => {
  const walked = await Promise.all(
    paths.map(async (path) => {
      const { data, errors } = await wire.send(path.text)
      const wrong = errors?.find(({ extensions }) => !['FORBIDDEN', 'NOT_FOUND'].includes(extensions.code))
      if (wrong !== undefined) throw new Error(`${path.text}: ${wrong.message}`)
      return endsOf(data, path.steps).map((object) => ({ path, object }))
    }),
  )
  const all = walked.flat()
  const ids = [...new Map(all.map(({ object }) => [object.id, object.__typename]))]
  const roots = new Map<string, Found>()
  for (let start = 0; start < ids.length; start += LOOK_UPS_AT_ONCE) {
    const some = ids.slice(start, start + LOOK_UPS_AT_ONCE)
    const text = some.map(([id, type], index) => `a${index}: node(id: "${id}") { ${plainSelection(type)} }`).join(' ')
    const { data, errors }: Answer = await wire.send(`{ ${text} }`)
    if (data == null) throw new Error(errors?.[0]?.message)
    some.forEach(([id], index) => {
      const object = data?.[`a${index}`]
      if (object != null) roots.set(id, object as Found)
    })
  }
  const mismatches = all.flatMap(({ path, object }) => {
    const root = roots.get(object.id)
    return Object.entries(object).flatMap(([field, value]) => {
      if (value == null || field === '__typename' || isShownAnyway(object.__typename, field)) return []
      const expected = root?.[field]
      return JSON.stringify(expected) === JSON.stringify(value)
        ? []
        : [{ of: `${path.name} ${object.__typename}.${field}`, expected, got: value }]
    })
  })
  return { found: all.length, mismatches }
}
