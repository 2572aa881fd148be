import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RowContext } from './row.ts'
import { ServerProcess } from './server-process.ts'

/** What `npm start` runs. */
export const MAIN = join(import.meta.dirname, '../../dist/src/bundle/main.js')
/** The same in one file for each module: a profile names the folders and packages. */
export const IN_MODULES = join(import.meta.dirname, '../../dist/src/main.js')
const MANY = '1000000'
/** One caller asks for all that the server can do. */
const WITHOUT_RATES = {
  KEYTURN_EXCHANGES_PER_SECOND: MANY,
  KEYTURN_MUTATIONS_PER_SECOND: MANY,
  KEYTURN_REFUSALS_PER_SECOND: MANY,
}
const MASTER_KEY = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'

export interface GraphQLServer {
  readonly server: ServerProcess
  readonly url: string
  readonly secret: string
  readonly organizationId: string
  /** The folder of its database. */
  readonly directory: string
  /** Executes an operation as the owner. */
  readonly ask: <Data>(query: string, variables?: object) => Promise<Data>
}

export const graphqlRequest = (url: string, secret: string, query: string, variables?: object) => ({
  url: `${url}/graphql`,
  headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
  body: JSON.stringify({ query, variables }),
})

/** A new folder that is removed when the row ends. */
export const newFolder = ({ cleanup }: RowContext): string => {
  const directory = mkdtempSync(join(tmpdir(), 'keyturn-bench-'))
  cleanup.defer(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

export interface KeyturnOptions {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly directory?: string
}

/** The environment of a service on a folder of its own. */
export const keyturnEnv = (directory: string): Record<string, string> => ({
  ...WITHOUT_RATES,
  KEYTURN_PORT: '0',
  KEYTURN_DATA_DIR: directory,
  KEYTURN_MASTER_KEY: MASTER_KEY,
  KEYTURN_LOG_LEVEL: 'warn',
})

const start = async (context: RowContext, directory: string, { args, env }: KeyturnOptions) => {
  const profiling = context.profileFlags()
  const main = ['--enable-source-maps', profiling.length === 0 ? MAIN : IN_MODULES]
  const server = await ServerProcess.start([...profiling, ...(args ?? main)], {
    ready: /is serving at/,
    env: { ...keyturnEnv(directory), ...env },
  })
  context.cleanup.defer(() => server.stop())
  return { server, url: server.find(/is serving at (http:\/\/[^/\s]+)/) }
}

/** The service on a database that it has created earlier. */
export const startExisting = (context: RowContext, directory: string) => start(context, directory, {})

/** The service or another server of its schema, on an empty database. `args` start it instead of `npm start`'s. */
export const startKeyturn = async (context: RowContext, options: KeyturnOptions = {}): Promise<GraphQLServer> => {
  const directory = options.directory ?? newFolder(context)
  const { server, url } = await start(context, directory, options)
  const secret = server.find(/kt_pk_[0-9A-Za-z]{49}/)
  const organizationId = server.find(/Organization: (\S+)/)
  const ask = async <Data>(query: string, variables?: object): Promise<Data> => {
    const { url: to, headers, body } = graphqlRequest(url, secret, query, variables)
    const response = await fetch(to, { method: 'POST', headers, body })
    const { data, errors } = (await response.json()) as { readonly data: Data; readonly errors?: unknown }
    if (errors !== undefined) throw new Error(JSON.stringify(errors))
    return data
  }
  return { server, url, secret, organizationId, directory, ask }
}

/** Creates an API key. */
export const createKey = async (
  { ask, organizationId }: GraphQLServer,
  input: { readonly name: string; readonly grants: readonly object[]; readonly [field: string]: unknown },
): Promise<{ readonly id: string; readonly secret: string }> => {
  const { createApiKey } = await ask<{ createApiKey: { secret: string; apiKey: { id: string } } }>(
    'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret apiKey { id } } }',
    { input: { organizationId, ...input } },
  )
  return { id: createApiKey.apiKey.id, secret: createApiKey.secret }
}

/** A server of bench/servers, which reads `input` as JSON and prints its URL. */
export const startServer = async (context: RowContext, file: string, input: unknown, flags: readonly string[] = []) => {
  const path = join(import.meta.dirname, '../servers', file)
  const server = await ServerProcess.start([...flags, path], { ready: /^http:/, input })
  context.cleanup.defer(() => server.stop())
  return { server, url: server.find(/^http:\S+/) }
}
