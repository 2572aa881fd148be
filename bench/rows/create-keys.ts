import { createDatabase } from '../../test/support/engines.ts'
import { httpContestant } from '../harness/http-contestant.ts'
import { graphqlRequest, startKeyturn, startServer } from '../harness/keyturn.ts'
import type { RatioRow, RowContext } from '../harness/row.ts'

type Engine = 'sqlite' | 'postgres'

const CREATE = `mutation ($input: CreateApiKeyInput!) {
  createApiKey(input: $input) { secret apiKey { id createdAt } }
}`

const openKeyturn = async (context: RowContext, engine: Engine) => {
  const { url: database, directory, remove } = await createDatabase(engine)
  context.cleanup.defer(remove)
  const keyturn = await startKeyturn(context, { directory, env: { KEYTURN_DATABASE_URL: database } })
  const { url, secret, organizationId } = keyturn
  const input = { organizationId, name: 'key [<id>]', grants: [{ module: 'keys', role: 'VIEWER' }] }
  return { ...keyturn, database, request: graphqlRequest(url, secret, CREATE, { input }) }
}

/** Keyturn, and a bare server on a database that Keyturn has created and left. */
const open = (engine: Engine) => async (context: RowContext) => {
  const keyturn = await openKeyturn(context, engine)
  const subject = await httpContestant('Keyturn', keyturn.server, keyturn.request)
  const left = await openKeyturn(context, engine)
  await httpContestant('Keyturn', left.server, left.request)
  await left.server.stop()
  const { server, url } = await startServer(context, 'bare-inserts.mjs', {
    database: left.database,
    answer: subject.answer,
  })
  return [subject, await httpContestant('raw inserts', server, { ...keyturn.request, url })]
}

const row = (engine: Engine, name: string): RatioRow => ({
  ...(engine === 'postgres' ? { long: true } : {}),
  kind: 'ratio',
  id: `create-key-${engine}`,
  title: `createApiKey by 32 callers on ${name}`,
  goals: [{ peer: 'raw inserts', atLeast: 0.5 }],
  seconds: 3,
  open: open(engine),
})

export const CREATE_ROWS: readonly RatioRow[] = [row('sqlite', 'SQLite'), row('postgres', 'PostgreSQL')]
