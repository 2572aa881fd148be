// What it costs to decide about every field: 100 keys with all their fields, with scopes and by a copy of the schema that
// has none. npm run bench:authorization [-- --postgres]

import { execute, type GraphQLObjectType, type GraphQLSchema, getNamedType, isLeafType, parse, validate } from 'graphql'
import type { App } from '../src/app.ts'
import { schema } from '../src/graphql-server/schema.ts'
import { builder } from '../src/schema-kit/builder.ts'
import { createContext } from '../src/schema-kit/context.ts'
import { createDatabase } from '../test/support/engines.ts'
import { heading, mediansOf, milliseconds, ownerOf, printTable, startApp, wantedEngine } from './support/bench.ts'

const KEYS = 100
const RUNS = 150
const GOAL = 1.3

const withoutScopes = builder.toSchema({ disableScopeAuth: true })

const plainFields = (type: string): string[] =>
  Object.values((schema.getType(type) as GraphQLObjectType).getFields())
    .filter((field) => isLeafType(getNamedType(field.type)))
    .map(({ name }) => name)

/** Every field of a key, and every plain field of what is found in it. */
const allOfAKey = (): string => {
  const fields = Object.values((schema.getType('ApiKey') as GraphQLObjectType).getFields())
  return fields
    .map(({ name, type }) => {
      const named = getNamedType(type)
      if (isLeafType(named)) return name
      if (named.name.endsWith('Connection'))
        return `${name}(first: 1) { edges { node { ${plainFields('AuditEvent').join(' ')} } } }`
      return `${name} { ${plainFields(named.name).join(' ')} }`
    })
    .join(' ')
}

const askFor = (selection: string) =>
  parse(`query ($id: ID!) { organization(id: $id) { apiKeys(first: ${KEYS}) { edges { node { ${selection} } } } } }`)

const QUERIES = [
  ['plain fields', askFor(plainFields('ApiKey').join(' '))],
  ['all fields, the newest event of each included', askFor(allOfAKey())],
] as const

const engine = wantedEngine()
heading(`${KEYS} keys with all their fields, median of ${RUNS} runs`, engine)
const database = await createDatabase(engine)
const app: App = await startApp(database)
try {
  const { services } = app.parts
  const { caller, organizationId } = await ownerOf(app)
  for (let number = 0; number < KEYS; number += 1)
    await services.createKey.createApiKey(caller, {
      organizationId,
      name: `key ${number}`,
      grants: [{ module: 'keys', role: 'VIEWER' }],
      allowedIps: ['192.0.2.0/24'],
    })
  const connection = {
    origin: { requestId: 'bench', ipAddress: '127.0.0.1', userAgent: null },
    credential: { id: 'bench', recheck: async () => caller.principal, refusalReason: () => null },
    end: () => undefined,
    onGone: () => () => undefined,
    hold: () => () => undefined,
    mutationRefusal: null,
  }
  const run = async (asked: GraphQLSchema, document: (typeof QUERIES)[number][1]) => {
    const contextValue = createContext(services, caller.principal, connection)
    const result = await execute({ schema: asked, document, variableValues: { id: organizationId }, contextValue })
    if (result.errors !== undefined) throw result.errors[0]
  }
  const rows: string[][] = []
  const ratios: number[] = []
  for (const [name, document] of QUERIES) {
    const [fault] = validate(schema, document)
    if (fault !== undefined) throw fault
    const [closed = Number.NaN, open = Number.NaN] = await mediansOf(RUNS, [
      () => run(schema, document),
      () => run(withoutScopes, document),
    ])
    ratios.push(closed / open)
    rows.push([name, milliseconds(closed), milliseconds(open), (closed / open).toFixed(2)])
  }
  printTable(['asked for', 'with scopes', 'without', 'ratio'], rows)
  console.log(`\nthe largest ratio: ${Math.max(...ratios).toFixed(2)} (goal: under ${GOAL})`)
  process.exitCode = ratios.every((ratio) => ratio < GOAL) ? 0 : 1
} finally {
  await app.close()
  await database.remove()
}
