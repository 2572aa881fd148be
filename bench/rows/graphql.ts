import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import sqlite3 from 'sqlite3'
import { httpContestant } from '../harness/http-contestant.ts'
import {
  createKey,
  type GraphQLServer,
  graphqlRequest,
  newFolder,
  startKeyturn,
  startServer,
} from '../harness/keyturn.ts'
import type { Contestant } from '../harness/rounds.ts'
import type { RatioRow, RowContext } from '../harness/row.ts'

/** Keys of the organization, of which a page shows the newest 20. */
const KEYS = 40
/** The creation and nine changes. */
const CHANGES = 9

const KEY = `query ($id: ID!) {
  key(id: $id) {
    __typename id kind name description status createdAt expiresAt expiringSoon lastUsedAt lastUsedFrom
    allowedIps metadata revokedAt revocationReason warnBefore
  }
}`
const PAGE = `query ($id: ID!) {
  organization(id: $id) {
    apiKeys(first: 20) {
      edges { cursor node { id name status createdAt expiresAt lastUsedAt grants { module role } } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`
const HISTORY = `query ($id: ID!) {
  key(id: $id) {
    __typename id name status createdAt expiresAt
    history(first: 10) {
      edges { cursor node { id sequence type occurredAt actor { kind id name } targetId requestId } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`

interface Answer {
  readonly data: object
}

/** An organization with keys, of which one has a history, and a caller that may read all of it. */
const fill = async (server: GraphQLServer) => {
  const caller = await createKey(server, {
    name: 'caller',
    grants: [
      { module: 'keys', role: 'MANAGER' },
      { module: 'audit', role: 'VIEWER' },
    ],
  })
  const fields = {
    description: 'Deploys at night.',
    expiresAt: new Date(Date.now() + 90 * 86_400_000).toISOString(),
    metadata: { team: 'platform' },
    grants: [
      { module: 'keys', role: 'VIEWER' },
      { module: 'tokens', role: 'VIEWER' },
    ],
  }
  const key = await createKey(server, { name: 'with a history', ...fields })
  for (let change = 1; change <= CHANGES; change += 1)
    await server.ask('mutation ($input: UpdateKeyInput!) { updateKey(input: $input) { key { id } } }', {
      input: { id: key.id, description: `Change ${change}.` },
    })
  for (let number = 1; number < KEYS; number += 1) await createKey(server, { name: `key ${number}`, ...fields })
  return { caller, key }
}

/** A copy of the database, which another process may open. */
const copyDatabase = (directory: string, to: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const file = join(to, 'copy.db')
    const database = new sqlite3.Database(join(directory, 'keyturn.db'))
    database.run('VACUUM INTO ?', [file], (error) => {
      database.close()
      if (error === null) resolve(file)
      else reject(error)
    })
  })

type Variables = (keys: { readonly keyId: string; readonly organizationId: string }) => object

const openFilled = async (context: RowContext, query: string, variables: Variables, args?: readonly string[]) => {
  const keyturn = await startKeyturn(context, args === undefined ? {} : { args })
  const { caller, key } = await fill(keyturn)
  const values = variables({ keyId: key.id, organizationId: keyturn.organizationId })
  return { keyturn, caller, values, request: graphqlRequest(keyturn.url, caller.secret, query, values) }
}

/** Keyturn; a bare server with the same answer; and, where wanted, Yoga and mercurius. */
const open =
  (query: string, variables: Variables, peers: 'with other servers' | 'by the raw driver') =>
  async (context: RowContext): Promise<readonly Contestant[]> => {
    const { keyturn, caller, values, request } = await openFilled(context, query, variables)
    const rows = peers === 'by the raw driver'
    const database = rows ? await copyDatabase(keyturn.directory, newFolder(context)) : undefined
    const subject = await httpContestant('Keyturn', keyturn.server, request)
    const { data } = subject.answer as Answer
    const same = async (name: string, file: string, path = '') => {
      const input = { secret: caller.secret, query, variables: values, data, database }
      const { server, url } = await startServer(context, file, input)
      const peer = await httpContestant(name, server, { ...request, url: `${url}${path}` })
      if (!isDeepStrictEqual(subject.answer, peer.answer)) throw new Error(`${name} answers differently.`)
      return peer
    }
    const bare = await same(rows ? 'graphql-js, raw rows' : 'graphql-js', 'bare-graphql.mjs')
    if (rows) return [subject, bare]
    const file = join(import.meta.dirname, '../servers/yoga-defaults.mjs')
    const yoga = await openFilled(context, query, variables, [file])
    return [
      subject,
      bare,
      await httpContestant('Yoga, defaults', yoga.keyturn.server, yoga.request),
      await same('mercurius, jit', 'mercurius.mjs', '/graphql'),
    ]
  }

const OTHER_SERVERS = [
  { peer: 'graphql-js', atLeast: 0.8 },
  { peer: 'Yoga, defaults', atLeast: 3 },
  { peer: 'mercurius, jit', atLeast: 1 },
]
const RAW_ROWS = [{ peer: 'graphql-js, raw rows', atLeast: 0.5 }]

export const GRAPHQL_ROWS: readonly RatioRow[] = [
  {
    kind: 'ratio',
    id: 'viewer',
    title: 'GraphQL { viewer { kind } }',
    goals: OTHER_SERVERS,
    open: open('{ viewer { kind } }', () => ({}), 'with other servers'),
  },
  {
    kind: 'ratio',
    id: 'key',
    title: 'GraphQL key(id) with all scalar fields',
    goals: OTHER_SERVERS,
    open: open(KEY, ({ keyId }) => ({ id: keyId }), 'with other servers'),
  },
  {
    kind: 'ratio',
    id: 'key-page',
    title: 'GraphQL page of 20 keys with grants and dates',
    goals: RAW_ROWS,
    open: open(PAGE, ({ organizationId }) => ({ id: organizationId }), 'by the raw driver'),
  },
  {
    kind: 'ratio',
    id: 'key-history',
    title: 'GraphQL key with its history of 10 events',
    goals: RAW_ROWS,
    open: open(HISTORY, ({ keyId }) => ({ id: keyId }), 'by the raw driver'),
  },
]
