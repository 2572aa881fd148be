// graphql-js behind node:http: a document is parsed and validated once.

import { execute, parse, validate } from 'graphql'
import { callerOf, root, schema } from './graphql.mjs'
import { serve } from './http.mjs'

const documents = new Map()

const documentOf = (query) => {
  let document = documents.get(query)
  if (document === undefined) {
    document = parse(query)
    const [error] = validate(schema, document)
    if (error !== undefined) throw error
    documents.set(query, document)
  }
  return document
}

serve((request, body) => {
  const contextValue = { caller: callerOf(request) }
  const { query, variables } = JSON.parse(body)
  return execute({ schema, document: documentOf(query), rootValue: root, contextValue, variableValues: variables })
})
