import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/**
 * Requests a second at the token endpoint and at introspection: Keyturn, a bare node:http server that does the same hash
 * or signature and nothing else, and oidc-provider, one after the other on the same core, the load from the other.
 * Each is warmed first; only ratios within one run mean anything.
 */
const SECONDS = Number(process.env.BENCH_SECONDS ?? 8)
const CONNECTIONS = 32
const CLI = createRequire(import.meta.url).resolve('autocannon/autocannon.js')
const HERE = import.meta.dirname

const started = new Set<ChildProcess>()
// Whatever goes wrong here, nothing that was started goes on.
process.on('exit', () => {
  for (const child of started) child.kill('SIGKILL')
})

const pinned = (core: number, args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess => {
  const child = spawn('taskset', ['-c', String(core), process.execPath, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  started.add(child)
  return child
}

/** The first line of a process' output that says what the caller looks for. */
const lineOf = (child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> =>
  new Promise((resolve, reject) => {
    if (child.stdout === null) return reject(new Error('The process has no output.'))
    createInterface({ input: child.stdout }).on('line', (line) => {
      const match = pattern.exec(line)
      if (match !== null) resolve(match)
    })
    child.once('exit', (code) => reject(new Error(`The process ended early with ${code}.`)))
  })

const startTarget = async (name: string) => {
  const child = pinned(0, ['--import', 'tsx', join(HERE, 'targets.ts'), name])
  const [line] = await lineOf(child, /^\{.*\}$/)
  return { child, ...(JSON.parse(line) as { url: string; clientId?: string; clientSecret?: string }) }
}

interface Load {
  readonly url: string
  readonly body: Record<string, string>
  readonly headers?: Record<string, string>
}

const fire = ({ url, body, headers = {} }: Load, seconds: number): number => {
  const all = { 'content-type': 'application/x-www-form-urlencoded', ...headers }
  const flags = Object.entries(all).flatMap(([name, value]) => ['-H', `${name}=${value}`])
  const { stdout, status } = spawnSync(
    'taskset',
    ['-c', '1', process.execPath, CLI, '-j', '-n', '-c', String(CONNECTIONS), '-d', String(seconds), '-m', 'POST']
      .concat(flags)
      .concat(['-b', new URLSearchParams(body).toString(), url]),
    { encoding: 'utf8', maxBuffer: 1e8 },
  )
  if (status !== 0) throw new Error('The load generator failed.')
  const result = JSON.parse(stdout.slice(stdout.indexOf('{'))) as {
    readonly requests: { readonly average: number }
    readonly non2xx: number
    readonly errors: number
  }
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} refusals, ${result.errors} errors`)
  return result.requests.average
}

const measure = (load: Load): number => {
  fire(load, Math.max(2, SECONDS / 2))
  return Math.round(fire(load, SECONDS))
}

const form = async (url: string, body: Record<string, string>, headers: Record<string, string> = {}) => {
  const response = await fetch(url, { method: 'POST', headers, body: new URLSearchParams(body) })
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  return (await response.json()) as { access_token: string; active: boolean }
}

const stop = async (child: ChildProcess) => {
  await new Promise((resolve) => {
    child.once('exit', resolve)
    child.kill('SIGTERM')
  })
}

const answering = async (url: string) => {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (
      await fetch(`${url}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('The service does not answer.')
}

const startKeyturn = async (before: readonly string[] = []) => {
  const directory = mkdtempSync(join(tmpdir(), 'keyturn-bench-'))
  const child = pinned(0, [...before, join(HERE, '../../dist/src/main.js')], {
    NODE_ENV: 'production',
    KEYTURN_PORT: '4199',
    KEYTURN_DATA_DIR: directory,
    KEYTURN_LOG_LEVEL: 'warn',
    // One key asks for all that the server can do.
    KEYTURN_EXCHANGES_PER_SECOND: '1000000',
  })
  const url = 'http://127.0.0.1:4199'
  const [secret] = await lineOf(child, /kt_pk_[0-9A-Za-z]{49}/)
  await answering(url)
  const authorization = `Bearer ${secret}`
  const ask = async (query: string) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    })
    return (await response.json()) as { data: Record<string, never> }
  }
  const { data } = (await ask('{ viewer { organizations { id } } }')) as unknown as {
    data: { viewer: { organizations: { id: string }[] } }
  }
  const organization = data.viewer.organizations[0]?.id
  const create = async (name: string) => {
    const made = (await ask(
      `mutation { createApiKey(input: { organizationId: "${organization}", name: "${name}", grants: [{ module: "tokens", role: VIEWER }] }) { secret apiKey { id } } }`,
    )) as unknown as { data: { createApiKey: { secret: string; apiKey: { id: string } } } }
    return { id: made.data.createApiKey.apiKey.id, secret: made.data.createApiKey.secret }
  }
  const client = await create('client')
  const credentials = { grant_type: 'client_credentials', client_id: client.id, client_secret: client.secret }
  const end = async () => {
    await stop(child)
    rmSync(directory, { recursive: true, force: true })
  }
  return { url, create, client, credentials, end }
}

const keyturn = async () => {
  const { url, create, client, credentials, end } = await startKeyturn()
  const server = await create('resource server')
  const basic = { authorization: `Basic ${Buffer.from(`${server.id}:${server.secret}`).toString('base64')}` }
  const { access_token } = await form(`${url}/oauth/token`, credentials)
  const check = await form(`${url}/oauth/introspect`, { token: access_token }, basic)
  if (!check.active) throw new Error('The token that was just issued is not active.')
  const rates = {
    secret: measure({ url: `${url}/oauth/introspect`, body: { token: client.secret }, headers: basic }),
    token: measure({ url: `${url}/oauth/introspect`, body: { token: access_token }, headers: basic }),
    issue: measure({ url: `${url}/oauth/token`, body: credentials }),
  }
  await end()
  return rates
}

/** Tokens a second where their event is left out. */
const keyturnWithoutEvents = async () => {
  const { url, credentials, end } = await startKeyturn(['--import', 'tsx', '--import', join(HERE, 'without-events.ts')])
  const rate = measure({ url: `${url}/oauth/token`, body: credentials })
  await end()
  return rate
}

const bare = async (name: 'bare-hash' | 'bare-sign', body: Record<string, string>) => {
  const { child, url } = await startTarget(name)
  const rate = measure({ url, body })
  await stop(child)
  return rate
}

const oidc = async (format: 'jwt' | 'opaque') => {
  const { child, url, clientId = '', clientSecret = '' } = await startTarget(`oidc-provider-${format}`)
  const client = { client_id: clientId, client_secret: clientSecret }
  const credentials = { grant_type: 'client_credentials', scope: 'build', ...client }
  const { access_token } = await form(`${url}/token`, credentials)
  // A JWT of it is not stored and cannot be introspected; an opaque token can.
  const rate =
    format === 'jwt'
      ? measure({ url: `${url}/token`, body: credentials })
      : measure({ url: `${url}/token/introspection`, body: { token: access_token, ...client } })
  await stop(child)
  return rate
}

const ratio = (a: number, b: number) => (a / b).toFixed(2)

const bareHash = await bare('bare-hash', { token: 'kt_ak_known' })
const ours = await keyturn()
const withoutEvents = await keyturnWithoutEvents()
const bareSign = await bare('bare-sign', { grant_type: 'client_credentials', scope: 'build:operator' })
const oidcIntrospection = await oidc('opaque')
const oidcIssue = await oidc('jwt')

console.table({
  'introspect a secret': {
    'requests/s': ours.secret,
    bare: bareHash,
    'of bare': ratio(ours.secret, bareHash),
    'oidc-provider': oidcIntrospection,
    'times oidc-provider': ratio(ours.secret, oidcIntrospection),
  },
  'introspect a token': {
    'requests/s': ours.token,
    bare: bareHash,
    'of bare': ratio(ours.token, bareHash),
    'oidc-provider': oidcIntrospection,
    'times oidc-provider': ratio(ours.token, oidcIntrospection),
  },
  'issue a token': {
    'requests/s': ours.issue,
    bare: bareSign,
    'of bare': ratio(ours.issue, bareSign),
    'oidc-provider': oidcIssue,
    'times oidc-provider': ratio(ours.issue, oidcIssue),
  },
  'issue a token without its event': {
    'requests/s': withoutEvents,
    bare: bareSign,
    'of bare': ratio(withoutEvents, bareSign),
    'oidc-provider': oidcIssue,
    'times oidc-provider': ratio(withoutEvents, oidcIssue),
  },
})
