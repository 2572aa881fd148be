import { pino } from 'pino'
import { afterAll, beforeAll } from 'vitest'
import { type App, createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import {
  AcceptInvitationDocument,
  CreateApiKeyDocument,
  type CreateApiKeyInput,
  CreateOrganizationDocument,
  type GrantInput,
  InviteMemberDocument,
} from '../../src/generated/graphql.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import { TestClient } from './client.ts'
import type { TestDatabase } from './engines.ts'
import { freePort } from './free-port.ts'
import { createMigratedDatabase } from './migrated-database.ts'
import { watchNesting } from './nesting-guard.ts'

export interface BootOptions {
  readonly engine?: 'sqlite' | 'postgres'
  readonly clock?: Clock
  /** More of the environment, as KEYTURN_... variables. */
  readonly env?: Record<string, string>
  /** A database to start on, instead of a new one. */
  readonly database?: TestDatabase
}

/** A person with an account, and their own client. */
export interface Person {
  readonly userId: string
  readonly client: TestClient
  readonly keyId: string
  readonly secret: string
}

/** A running service with its own database, and its owner. */
export interface TestApp {
  readonly app: App
  readonly url: string
  /** Issuer of its tokens, and the audience of its own API. */
  readonly publicUrl: string
  readonly database: TestDatabase
  readonly organizationId: string
  readonly owner: TestClient
  readonly ownerSecret: string
  readonly anonymous: TestClient
  /** Every line that the service logged. */
  readonly logged: readonly string[]
  /** Invites somebody with these grants and lets them join. */
  person(name: string, grants: readonly GrantInput[], organizationId?: string): Promise<Person>
  /** An API key made by the owner; its client uses the secret. */
  apiKey(input?: Partial<CreateApiKeyInput>): Promise<{ id: string; secret: string; client: TestClient }>
  /** A root organization of somebody else, with its own owner: another tenant. */
  stranger(): Promise<{ organizationId: string; owner: Person }>
  /** Stops the service, and leaves its database for another start. */
  stop(): Promise<void>
  close(): Promise<void>
}

// A manual clock stands still, so a limit per second would be a limit per test. Tests of rates set their own.
export const OUT_OF_THE_WAY = {
  KEYTURN_EXCHANGES_PER_SECOND: '100000',
  KEYTURN_MUTATIONS_PER_SECOND: '100000',
  KEYTURN_REFUSALS_PER_SECOND: '100000',
  KEYTURN_MAX_SOCKET_MESSAGES_PER_SECOND: '100000',
}

const MASTER_KEY = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'

/** Starts the whole service on a database of the test's own. */
export const boot = async ({ engine = 'sqlite', clock, env = {}, database }: BootOptions = {}): Promise<TestApp> => {
  const own = database ?? (await createMigratedDatabase(engine))
  const logged: string[] = []
  const config = readConfig({
    // The issuer of tokens names the port, so it must be known before the server listens.
    KEYTURN_PORT: String(await freePort()),
    KEYTURN_DATA_DIR: own.directory,
    KEYTURN_DATABASE_URL: own.url,
    KEYTURN_MASTER_KEY: MASTER_KEY,
    ...OUT_OF_THE_WAY,
    ...env,
  })
  const logger = pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) })
  const app = await createApp({
    nestingGuard: watchNesting(),
    config,
    logger,
    ...(clock === undefined ? {} : { clock }),
  })
  const url = await app.listen()
  const anonymous = new TestClient(url, null)
  const clients = [anonymous]
  const clientOf = (secret: string) => {
    const client = anonymous.with(secret)
    clients.push(client)
    return client
  }
  const ownerSecret = app.firstStart?.ownerSecret ?? ''
  const owner = clientOf(ownerSecret)
  const organizationId = app.firstStart?.organizationId ?? ''
  let people = 0

  const join = async (inviter: TestClient, name: string, grants: readonly GrantInput[], into: string) => {
    people += 1
    const email = `${name.toLowerCase().replaceAll(/[^a-z]/g, '.')}.${people}@example.com`
    const { inviteMember } = await inviter.run(InviteMemberDocument, {
      input: { organizationId: into, email, grants: [...grants] },
    })
    const { acceptInvitation } = await anonymous.run(AcceptInvitationDocument, {
      input: { invitationToken: inviteMember.invitationToken, name },
    })
    const { user, personalAccessKey, secret } = acceptInvitation
    return { userId: user.id, keyId: personalAccessKey.id, secret, client: clientOf(secret) }
  }

  const stop = async () => {
    for (const client of clients) client.close()
    await app.close()
  }

  return {
    app,
    url,
    publicUrl: config.publicUrl,
    database: own,
    organizationId,
    owner,
    ownerSecret,
    anonymous,
    logged,
    person: (name, grants, into = organizationId) => join(owner, name, grants, into),
    apiKey: async (input = {}) => {
      const { createApiKey } = await owner.run(CreateApiKeyDocument, {
        input: { organizationId, name: `key ${Math.random().toString(36).slice(2)}`, grants: [], ...input },
      })
      return { id: createApiKey.apiKey.id, secret: createApiKey.secret, client: clientOf(createApiKey.secret) }
    },
    stranger: async () => {
      const { createOrganization } = await owner.run(CreateOrganizationDocument, { input: { name: 'Stranger' } })
      const { id } = createOrganization.organization
      return { organizationId: id, owner: await join(owner, 'Stranger Owner', [{ module: '*', role: 'OWNER' }], id) }
    },
    stop,
    close: async () => {
      await stop()
      await own.remove()
    },
  }
}

/** The service for the tests of a `describe`: it starts before the first of them and is closed after the last. */
export const useApp = (options: BootOptions = {}): TestApp => {
  let app: TestApp | undefined
  beforeAll(async () => {
    app = await boot(options)
  })
  afterAll(() => app?.close())
  const read = (_: TestApp, name: string | symbol) => {
    if (app === undefined) throw new Error(`The service has not started: read ${String(name)} in a test or a hook.`)
    return app[name as keyof TestApp]
  }
  return new Proxy({} as TestApp, { get: read })
}
