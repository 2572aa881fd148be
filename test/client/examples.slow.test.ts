import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import {
  CreateApiKeyDocument,
  type CreateApiKeyInput,
  DefineModuleDocument,
  ExchangeKeyDocument,
  KeyByIdDocument,
  ListExpiryWarningsDocument,
  RevokeKeyDocument,
  RotateKeyDocument,
} from '../../src/generated/graphql.ts'
import { TestClient } from '../support/client.ts'
import { createDatabase, type TestDatabase } from '../support/engines.ts'
import { PATIENCE } from '../support/patience.ts'
import { type ServerProcess, startServer } from '../support/server-process.ts'
import { freePort, openWorkshop, run } from './snippets.ts'

const EXAMPLES = new URL('../../examples', import.meta.url).pathname
const AUDIENCE = 'https://build.example.com'

describe('examples/', () => {
  const workshop = openWorkshop()
  let database: TestDatabase
  let port: string
  let server: ServerProcess
  let owner: TestClient
  let organizationId: string
  let env: Record<string, string>

  beforeAll(async () => {
    cpSync(EXAMPLES, join(workshop.directory, 'examples'), { recursive: true })
    database = await createDatabase('sqlite')
    port = await freePort()
    server = await startServer(database, { KEYTURN_PORT: port })
    organizationId = server.first?.organizationId ?? ''
    owner = new TestClient(server.url, server.first?.secret ?? '')
    env = { KEYTURN_URL: server.url, KEYTURN_KEY: owner.credential ?? '', KEYTURN_ORGANIZATION: organizationId }
    await owner.run(DefineModuleDocument, { input: { organizationId, name: 'build' } })
  })
  afterAll(async () => {
    await server.kill()
    await database.remove()
    workshop.remove()
  })

  const start = (name: string, command: string, args: readonly string[], more: Record<string, string> = {}) => {
    const program = run(command, args, { cwd: join(workshop.directory, 'examples', name), env: { ...env, ...more } })
    onTestFinished(() => program.stop())
    return program
  }
  const create = async (input: Partial<CreateApiKeyInput>) => {
    const complete = { organizationId, name: crypto.randomUUID(), grants: [], ...input }
    return (await owner.run(CreateApiKeyDocument, { input: complete })).createApiKey
  }

  it('import keyturn, if they are programs of Node.js', () => {
    const programs = readdirSync(EXAMPLES).filter((name) => existsSync(join(EXAMPLES, name, 'package.json')))
    expect(programs.sort()).toEqual(['fastify-service', 'rotate-in-ci', 'urql-warnings'])
    for (const name of programs)
      expect(JSON.parse(readFileSync(join(EXAMPLES, name, 'package.json'), 'utf8')).dependencies).toHaveProperty(
        'keyturn',
      )
  })

  it('urql-warnings shows warnings from before, during and after a restart of the server, each once', async () => {
    const soon = { expiresIn: 'PT30H', warnBefore: ['PT29H59M59S'] }
    await create({ name: 'first', ...soon })
    const program = start('urql-warnings', process.execPath, ['main.js'])
    await program.prints(/^open: first \(1 days\)$/m)
    await server.kill()
    server = await startServer(database, { KEYTURN_PORT: port })
    await create({ name: 'second', ...soon })
    await program.prints(/^open: second \(1 days\), first \(1 days\)$/m)
    expect(program.output().match(/^open: first/gm)).toHaveLength(1)
    const acknowledging = start('urql-warnings', process.execPath, ['main.js'], { ACKNOWLEDGE: '1' })
    await acknowledging.prints(/^open: none$/m)
    const open = async () => {
      const { organization } = await owner.run(ListExpiryWarningsDocument, { organizationId, acknowledged: false })
      return organization?.expiryWarnings?.edges.length
    }
    await expect.poll(open, PATIENCE).toBe(0)
  })

  it('fastify-service accepts tokens and secrets until their key is revoked', async () => {
    const verifierKey = await create({ grants: [{ module: 'tokens', role: 'VIEWER' }] })
    const own = await freePort()
    const service = start('fastify-service', process.execPath, ['service.js'], {
      KEYTURN_KEY: verifierKey.secret,
      AUDIENCE,
      PORT: own,
    })
    await service.prints(/^listening on/m)
    const call = async (method: string, path: string, credential?: string) => {
      const headers = credential === undefined ? {} : { authorization: `Bearer ${credential}` }
      const response = await fetch(`http://127.0.0.1:${own}${path}`, { method, headers })
      return { status: response.status, challenge: response.headers.get('www-authenticate') }
    }
    const key = await create({ grants: [{ module: 'build', role: 'OPERATOR' }] })
    const exchange = { input: { secret: key.secret, audience: AUDIENCE } }
    const { accessToken } = (await owner.run(ExchangeKeyDocument, exchange)).exchangeKey
    for (const credential of [accessToken, key.secret]) {
      expect((await call('POST', '/builds', credential)).status).toBe(201)
      expect((await call('GET', '/builds', credential)).status).toBe(200)
    }
    expect(await call('GET', '/builds')).toEqual({
      status: 401,
      challenge: `Bearer resource_metadata="${AUDIENCE}/.well-known/oauth-protected-resource"`,
    })
    expect((await call('GET', '/.well-known/oauth-protected-resource')).status).toBe(200)
    await owner.run(RevokeKeyDocument, { input: { id: key.apiKey.id } })
    for (const credential of [accessToken, key.secret])
      await expect.poll(() => call('POST', '/builds', credential), PATIENCE).toMatchObject({ status: 401 })
  })

  describe('rotate-in-ci', () => {
    const storeAt = (name: string) => {
      const file = join(workshop.directory, name)
      writeFileSync(file, '')
      return { file, command: `cat > ${file}` }
    }

    it('stores a valid secret, and retires the old one', async () => {
      const key = await create({ name: 'ci' })
      const { file, command } = storeAt('stored')
      const program = start('rotate-in-ci', process.execPath, ['rotate.js'], {
        KEYTURN_KEY: key.secret,
        STORE_COMMAND: command,
      })
      expect(await program.exited, program.output()).toBe(0)
      const stored = readFileSync(file, 'utf8')
      expect((await owner.with(stored).send('{ viewer { kind } }')).status).toBe(200)
      expect((await owner.with(key.secret).send('{ viewer { kind } }')).status).toBe(401)
      expect(program.output()).not.toContain(stored)
    })

    it('continues after a run that was stopped before or after it stored the secret', async () => {
      const key = await create({ name: 'ci with interruptions' })
      const { file, command } = storeAt('interrupted')
      const rotated = () =>
        owner.with(key.secret).run(RotateKeyDocument, { input: { id: key.apiKey.id, overlap: 'PT1H' } })
      const rotate = async (secret: string) => {
        const more = { KEYTURN_KEY: secret, STORE_COMMAND: command }
        const program = start('rotate-in-ci', process.execPath, ['rotate.js'], more)
        expect(await program.exited, program.output()).toBe(0)
        return readFileSync(file, 'utf8')
      }
      // Nobody has the secret of this rotation.
      await rotated()
      const second = await rotate(key.secret)
      const { rotateKey } = await owner.run(RotateKeyDocument, { input: { id: key.apiKey.id, overlap: 'PT1H' } })
      const third = await rotate(rotateKey.secret)
      for (const [secret, status] of [
        [key.secret, 401],
        [second, 401],
        [rotateKey.secret, 401],
        [third, 200],
      ] as const)
        expect((await owner.with(secret).send('{ viewer { kind } }')).status).toBe(status)
    })

    it('keeps the old secret if the new one cannot be stored', async () => {
      const key = await create({ name: 'ci without a store' })
      const program = start('rotate-in-ci', process.execPath, ['rotate.js'], {
        KEYTURN_KEY: key.secret,
        STORE_COMMAND: 'exit 3',
      })
      expect(await program.exited).toBe(1)
      expect(program.output()).toContain('was cancelled')
      expect((await owner.with(key.secret).send('{ viewer { kind } }')).status).toBe(200)
      const { key: found } = await owner.run(KeyByIdDocument, { id: key.apiKey.id })
      expect(found?.secrets.filter(({ state }) => state !== 'RETIRED')).toHaveLength(1)
    })
  })

  it('curl-session walks through the life of a key', async () => {
    const session = start('curl-session', 'bash', ['session.sh'])
    expect(await session.exited, session.output()).toBe(0)
    expect(session.output()).toMatch(/\{"active":true,"scope":"keys:viewer"\}[\s\S]*curl session[\s\S]*curl session/)
    expect(session.output()).toMatch(/REVOKED\n\{"active":false\}\n$/)
  })
}, 240_000)
