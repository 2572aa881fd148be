// mercurius with its just-in-time compiler on: a document is compiled at its second execution.

import Fastify from 'fastify'
import mercurius from 'mercurius'
import { callerOf, root, sdl } from './graphql.mjs'

const app = Fastify()
const Query = Object.fromEntries(Object.entries(root).map(([name, resolve]) => [name, (_root, args) => resolve(args)]))
const resolveType = ({ __typename }) => __typename
app.register(mercurius, {
  schema: sdl,
  resolvers: { Query, Key: { resolveType }, Node: { resolveType } },
  context: (request) => ({ caller: callerOf(request) }),
  jit: 1,
})
console.log(await app.listen({ host: '127.0.0.1', port: 0 }))
