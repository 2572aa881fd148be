import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import {
  CreateApiKeyDocument,
  DefineModuleDocument,
  ExchangeKeyDocument,
  RevokeKeyDocument,
} from '../../src/generated/graphql.ts'
import { freePort, openWorkshop, runSnippet, snippetsOf } from '../client/snippets.ts'
import { TestClient } from '../support/client.ts'
import { createDatabase, type TestDatabase } from '../support/engines.ts'
import { PATIENCE } from '../support/patience.ts'
import { type ServerProcess, startServer } from '../support/server-process.ts'

const snippets = snippetsOf('verify.md')
const PRINTS: Readonly<Record<string, RegExp>> = {
  'Verify a request': /^access_token \[ 'build:operator' \]$/m,
  Hono: /^200$/m,
  'Test your service': /^\[ 'build:operator' \]$/m,
}
const SERVICES = ['Express', 'Fastify']

describe('docs/verify.md', () => {
  const workshop = openWorkshop()
  let database: TestDatabase
  let server: ServerProcess
  let owner: TestClient
  let organizationId: string
  let verifierKey: string

  const createKey = async (module: string, role: 'VIEWER' | 'OPERATOR') => {
    const input = { organizationId, name: crypto.randomUUID(), grants: [{ module, role }] }
    const { createApiKey } = await owner.run(CreateApiKeyDocument, { input })
    const exchange = { input: { secret: createApiKey.secret, audience: 'https://build.example.com' } }
    const { exchangeKey } = await owner.run(ExchangeKeyDocument, exchange)
    return { id: createApiKey.apiKey.id, secret: createApiKey.secret, token: exchangeKey.accessToken }
  }

  beforeAll(async () => {
    database = await createDatabase('sqlite')
    server = await startServer(database, { KEYTURN_PORT: await freePort() })
    organizationId = server.first?.organizationId ?? ''
    owner = new TestClient(server.url, server.first?.secret ?? '')
    await owner.run(DefineModuleDocument, { input: { organizationId, name: 'build' } })
    verifierKey = (await createKey('tokens', 'VIEWER')).secret
  })
  afterAll(async () => {
    await server.kill()
    await database.remove()
    workshop.remove()
  })

  it('has no untested snippet', () => {
    expect(snippets.map(({ heading }) => heading).sort()).toEqual([...Object.keys(PRINTS), ...SERVICES].sort())
  })

  it.each(snippets.filter(({ heading }) => heading in PRINTS))('"$heading" works', async (snippet) => {
    const { token } = await createKey('build', 'OPERATOR')
    const env = { VERIFIER_KEY: verifierKey, BUILD_TOKEN: token }
    const program = runSnippet(workshop.directory, snippet, server, env)
    expect(await program.exited, program.output()).toBe(0)
    expect(program.output()).toMatch(PRINTS[snippet.heading] ?? /^$/)
  })

  it.each(snippets.filter(({ heading }) => SERVICES.includes(heading)))(
    '"$heading" is a service that rejects a token once its key is revoked',
    async (snippet) => {
      const port = await freePort()
      const env = { VERIFIER_KEY: verifierKey, PORT: port }
      const program = runSnippet(workshop.directory, snippet, server, env)
      onTestFinished(() => program.stop())
      await program.prints(/^listening$/m)
      const build = async (credential: string) => {
        const headers = { authorization: `Bearer ${credential}` }
        const response = await fetch(`http://127.0.0.1:${port}/builds`, { method: 'POST', headers })
        return { status: response.status, body: await response.json() }
      }
      const key = await createKey('build', 'OPERATOR')
      for (const credential of [key.token, key.secret])
        expect(await build(credential)).toEqual({ status: 200, body: { startedBy: key.id } })
      const viewer = await createKey('build', 'VIEWER')
      expect(await build(viewer.token)).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } })
      await owner.run(RevokeKeyDocument, { input: { id: key.id } })
      for (const credential of [key.token, key.secret])
        await expect.poll(() => build(credential), PATIENCE).toMatchObject({ status: 401 })
    },
  )
}, 240_000)
