import { readFileSync } from 'node:fs'
import { buildSchema, getOperationAST, getVariableValues, parse, validate } from 'graphql'
import { expect, it } from 'vitest'
import { GRAPHIQL_TABS } from '../../src/graphql-server/graphiql-tabs.ts'

const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'))

it.each(GRAPHIQL_TABS)('the GraphiQL tab $query is valid, and its variables match', ({ query, variables }) => {
  const document = parse(query)
  expect(validate(schema, document)).toEqual([])
  const declared = getOperationAST(document)?.variableDefinitions ?? []
  expect(getVariableValues(schema, declared, JSON.parse(variables ?? '{}')).errors).toBeUndefined()
})
