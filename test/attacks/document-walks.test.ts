import { Kind, parse, type SelectionSetNode, visit } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFieldNames } from '../../src/graphql-server/denied-field.ts'
import { schema } from '../../src/graphql-server/schema.ts'
import { validateLimited } from '../../src/graphql-server/validation.ts'
import { createPrices } from '../../src/schema-kit/field-prices.ts'
import { LIMITS, parseLimited } from '../../src/schema-kit/limits.ts'
import { measureOperation } from '../../src/schema-kit/operation-cost.ts'
import { boot, type TestApp } from '../support/boot.ts'

const repeat = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ')

const doubling = (levels: number, type: string, leaf: string) =>
  `${repeat(levels, (index) => `fragment ${type}${index} on ${type} { ...${type}${index + 1} ...${type}${index + 1} }`)}
   fragment ${type}${levels} on ${type} { ${leaf} }`

/** Documents of nearly as many tokens as are taken, each made to cost one of the walks over documents the most. */
const DOCUMENTS: readonly (readonly [string, string])[] = [
  ['one field many times', `{ viewer { ${'kind '.repeat(1_900)} } }`],
  ['one object many times', `{ ${'viewer { kind } '.repeat(480)} }`],
  ['one object in an object many times', `{ viewer { ${'organizations { parent { id } } '.repeat(270)} } }`],
  [
    'one deep object many times',
    `{ viewer { ${`organizations { ${'parent { '.repeat(12)} id ${'} '.repeat(12)} } `.repeat(45)} } }`,
  ],
  ['conflicting aliases', `{ viewer { ${repeat(640, (index) => `a: ${index % 2 === 0 ? 'kind' : 'id'}`)} } }`],
  [
    'fragments with one field',
    `{ viewer { ${repeat(210, (index) => `...F${index}`)} } } ${repeat(210, (index) => `fragment F${index} on Viewer { kind }`)}`,
  ],
  [
    'fragments with many objects',
    `{ viewer { ${repeat(20, (index) => `...F${index}`)} } } ${repeat(20, (index) => `fragment F${index} on Viewer { ${'organizations { id } '.repeat(20)} }`)}`,
  ],
  ['doubling fragments', `{ viewer { ...Viewer0 } } ${doubling(140, 'Viewer', 'kind')}`],
  [
    'doubling objects',
    `{ viewer { organizations { ...F0 } } } ${repeat(120, (index) => `fragment F${index} on Organization { parent { ...F${index + 1} } suborganizations { ...F${index + 1} } }`)} fragment F120 on Organization { id }`,
  ],
  [
    'a web of fragments that contain each other',
    `{ viewer { ...F0 } } ${repeat(28, (index) => `fragment F${index} on Viewer { ${repeat(28, (other) => `...F${other}`)} kind }`)}`,
  ],
  [
    'operations that share fragments',
    `${repeat(70, (index) => `query Q${index}($v: ID!) { ...F0 }`)} ${repeat(45, (index) => `fragment F${index} on Query { ...F${index + 1} organization(id: $v) { id } }`)} fragment F45 on Query { viewer { kind } }`,
  ],
  [
    'introspection at many depths',
    `{ __schema { types { ...F0 } } } ${repeat(140, (index) => `fragment F${index} on __Type { ofType { ...F${index + 1} } ...F${index + 1} }`)} fragment F140 on __Type { name }`,
  ],
  ['unknown fields', `{ viewer { ${repeat(1_900, (index) => `organisation${index}`)} } }`],
  ['unknown types', `query (${repeat(480, (index) => `$v${index}: CreateApiKeyInputs`)}) { viewer { kind } }`],
  [
    'unknown enum values',
    `{ viewer { organizations { apiKeys(filter: { status: [${'ACTIV '.repeat(1_850)}] }) { totalCount } } } }`,
  ],
  ['lists in lists', `{ node(id: ${'['.repeat(90)}1${']'.repeat(90)}) { id } }`],
]

/** Selection sets that are read while a document is validated and its operation is measured. */
interface Reads {
  readonly validating: number
  readonly measuring: number
}

/** Counts how often the selections of a document are read, once for each selection, by wrapping its selection sets. */
const readsOf = (text: string): Reads => {
  let reads = 0
  const counting = (set: SelectionSetNode): SelectionSetNode => ({
    ...set,
    get selections() {
      reads += set.selections.length
      return set.selections
    },
  })
  const document = visit(parseLimited(text), { SelectionSet: { leave: counting } })
  const [operation] = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('The document has no operation.')
  reads = 0
  validateLimited(schema, document)
  const validating = reads
  measureOperation(schema, document, operation, {}, createPrices(schema))
  return { validating, measuring: reads - validating }
}

describe('a document with the maximum number of tokens', () => {
  it.each(DOCUMENTS)('is validated and measured in a bounded number of reads: %s', (_what, text) => {
    const { validating, measuring } = readsOf(text)
    // The cost of an operation is one pass: each of its selections is read once.
    expect(measuring).toBeLessThanOrEqual(LIMITS.tokens)
    expect(validating).toBeLessThanOrEqual(10 * LIMITS.tokens)
  })
})

describe('names of refused fields', () => {
  it('are those of the executed operation only', () => {
    const document = parse('query A { a: viewer { kind } } query B { a: node(id: "x") { b: id } }')
    expect(createFieldNames(document, 'B')(['a', 'b'])).toBe('node.id')
    expect(createFieldNames(document, 'A')(['a', 'kind'])).toBe('viewer.kind')
  })

  it('are found once each through fragments that double', () => {
    const document = parse(
      `{ ...Query0 } ${doubling(60, 'Query', 'v: viewer { ...Viewer0 }')} ${doubling(60, 'Viewer', 'k: kind')}`,
    )
    expect(createFieldNames(document, null)(['v', 'k'])).toBe('viewer.kind')
  })

  it('omit the positions in lists', () => {
    const document = parse('{ viewer { o: organizations { n: name } } }')
    expect(createFieldNames(document, null)(['viewer', 'o', 3, 'n'])).toBe('viewer.organizations.name')
  })
})

describe('an operation beside one that is not executed', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await boot()
  })
  afterAll(() => app.close())

  it('is rejected for its own 22 doubling levels', async () => {
    const { secret } = await app.apiKey({ name: 'weak', grants: [] })
    const query = `query Run { organization(id: "${app.organizationId}") { auditEvents { edges { cursor } } } }
      query Never { ...Query0 } ${doubling(22, 'Query', 'viewer { kind }')}`
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { ...app.owner.with(secret).headers, 'content-type': 'application/json' },
      body: JSON.stringify({ query, operationName: 'Run' }),
    })
    const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] }
    expect(errors[0]?.extensions.code).toBe('FORBIDDEN')
  })
})
