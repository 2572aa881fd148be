// GraphQL without Keyturn: its printed schema with plain values. The caller is found by the hash of its secret, as in Keyturn.

import { readFileSync } from 'node:fs'
import { buildSchema } from 'graphql'
import { openRows } from './graphql-rows.mjs'
import { input, sha256 } from './http.mjs'

export const sdl = readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8')

/** `data` is the answer of Keyturn, from which this server answers; with `database`, it reads the rows from a copy. */
export const { secret, query, variables, data, database } = await input()

const known = new Map([[sha256(secret), { kind: 'API_KEY' }]])

/** The caller of a request. */
export const callerOf = (request) => {
  const caller = known.get(sha256((request.headers.authorization ?? '').slice('Bearer '.length)))
  if (caller === undefined) throw new Error('Unknown caller.')
  return caller
}

const keys = new Map(data.key == null ? [] : [[variables.id, data.key]])

/** Resolvers of the root fields that are measured. */
export const root =
  database === undefined
    ? { viewer: () => data.viewer, key: ({ id }) => keys.get(id) ?? null }
    : await openRows(database)

export const schema = buildSchema(sdl)
