import { type Browser, type BrowserContext, chromium } from 'playwright-core'
import { afterAll, afterEach, beforeAll } from 'vitest'
import type { GrantInput } from '../../../src/generated/graphql.ts'
import { CHROMIUM, chromiumRuns } from '../../support/chromium.ts'
import { TestClient } from '../../support/client.ts'
import { createDatabase, type TestDatabase } from '../../support/engines.ts'
import { freePort } from '../../support/free-port.ts'
import { type ServerProcess, startServer } from '../../support/server-process.ts'
import { ConsolePage } from './console-page.ts'
import { join, type Person } from './people.ts'

export { chromiumRuns }

const FLAGS = ['--disable-gpu', '--disable-dev-shm-usage', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1']
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'
const WINDOW = { width: 1280, height: 800 }
export const PHONE = { width: 360, height: 740 }

/** Settings of the server. */
type Env = Record<string, string>

export type Role = 'owner' | 'operator' | 'viewer'
export const ROLES: readonly Role[] = ['owner', 'operator', 'viewer']

export interface PageOptions {
  readonly window?: { readonly width: number; readonly height: number }
  /** Whether the window stays open for the tests that follow. The browser then has what it loaded in its cache. */
  readonly stays?: boolean
}

/** A running server, a browser, and three people: one who may do everything, one who works with keys, one who only looks. */
export interface ConsoleUnderTest {
  readonly url: string
  readonly organizationId: string
  readonly database: TestDatabase
  readonly server: ServerProcess
  readonly people: Readonly<Record<Role, Person>>
  /** Lets somebody join, the first organization where no other is named. */
  person(name: string, grants: readonly GrantInput[], organizationId?: string): Promise<Person>
  /** A browser's window of somebody who is signed in, or of nobody; windows share nothing. */
  window(person: Person | null, options?: PageOptions): Promise<ConsolePage>
  /** Ends the server as a power cut would, and starts it again at the same address, with further settings. */
  restart(more?: Env): Promise<void>
  stop(): Promise<void>
}

/** The session cookie of a sign-in with a person's key, in a browser of that name. */
export const signIn = async (
  url: string,
  { secret }: Pick<Person, 'secret'>,
  userAgent = FIREFOX,
): Promise<{ name: string; value: string }> => {
  const response = await fetch(`${url}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-keyturn-console': '1', origin: url, 'user-agent': userAgent },
    body: JSON.stringify({ secret }),
  })
  const [pair = ''] = (response.headers.get('set-cookie') ?? '').split(';')
  const [name = '', value = ''] = pair.split('=')
  if (response.status !== 204 || value === '') throw new Error(`The sign-in was answered with ${response.status}.`)
  return { name, value }
}

/** Starts everything once for the tests of a file, and closes the windows of each test behind it, except those that stay. */
export const useConsole = (env: Env | (() => Promise<Env>) = {}): ConsoleUnderTest => {
  let started: Awaited<ReturnType<typeof startConsole>> | undefined
  beforeAll(async () => {
    started = await startConsole(typeof env === 'function' ? await env() : env)
  }, 120_000)
  afterEach(() => started?.closeWindows())
  afterAll(() => started?.close())
  const read = (_: ConsoleUnderTest, name: string | symbol) => {
    if (started === undefined) throw new Error(`The console has not started: read ${String(name)} in a test or a hook.`)
    return started.console[name as keyof ConsoleUnderTest]
  }
  return new Proxy({} as ConsoleUnderTest, { get: read })
}

const MANY = '100000'
const OUT_OF_THE_WAY = {
  KEYTURN_EXCHANGES_PER_SECOND: MANY,
  KEYTURN_MUTATIONS_PER_SECOND: MANY,
  KEYTURN_REFUSALS_PER_SECOND: MANY,
}

const startConsole = async (env: Env) => {
  const database = await createDatabase('sqlite')
  const port = String(await freePort())
  // The origin of the console is that of the public URL.
  const settings = { KEYTURN_PORT: port, KEYTURN_PUBLIC_URL: `http://127.0.0.1:${port}`, ...OUT_OF_THE_WAY, ...env }
  let server = await startServer(database, settings)
  const { first, url } = server
  if (first === null) throw new Error('The first start printed no key.')
  const { organizationId } = first
  const client = new TestClient(url, first.secret)
  const person = (name: string, grants: readonly GrantInput[], into = organizationId) =>
    join(client, into, name, grants)
  const people = {
    owner: await ownerOf(client, first.secret),
    operator: await person('Olga Operator', [{ module: '*', role: 'OPERATOR' }]),
    viewer: await person('Vic Viewer', [{ module: '*', role: 'VIEWER' }]),
  }
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  const staying = new Set<BrowserContext>()
  const open = openWindow(browser, url, staying)
  const console: ConsoleUnderTest = {
    url,
    organizationId,
    database,
    get server() {
      return server
    },
    people,
    person,
    window: open,
    stop: () => server.kill(),
    restart: async (more = {}) => {
      await server.kill()
      server = await startServer(database, { ...settings, ...more })
    },
  }
  return {
    console,
    closeWindows: () =>
      Promise.all(browser.contexts().map((context) => (staying.has(context) ? undefined : context.close()))),
    close: async () => {
      await browser.close()
      await server.kill()
      await database.remove()
    },
  }
}

const openWindow =
  (browser: Browser, url: string, staying: Set<BrowserContext>) =>
  async (person: Person | null, { window = WINDOW, stays = false }: PageOptions = {}): Promise<ConsolePage> => {
    const context = await browser.newContext({ viewport: window, locale: 'en-GB', timezoneId: 'UTC' })
    if (stays) staying.add(context)
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: url })
    if (person !== null)
      await context.addCookies([{ ...(await signIn(url, person)), url, httpOnly: true, sameSite: 'Strict' }])
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    return new ConsolePage(page, url)
  }

const ownerOf = async (client: TestClient, secret: string): Promise<Person> => {
  const { data } = await client.send<{ viewer: { user: { id: string; name: string }; key: { id: string } } }>(
    '{ viewer { user { id name } key { id } } }',
  )
  if (data == null) throw new Error('The owner cannot read who they are.')
  const { user, key } = data.viewer
  return { name: user.name, userId: user.id, keyId: key.id, secret, client }
}
