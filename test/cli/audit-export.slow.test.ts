import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { boot, type TestApp, useApp } from '../support/boot.ts'
import { TestClient } from '../support/client.ts'
import { freePort } from '../support/free-port.ts'
import { makeCertificate, startSyslogReceiver } from '../support/syslog-receiver.ts'
import { parseCef } from './cef-parser.ts'
import { type Running, useCommandLine } from './command-line.ts'
import { faultsOfOcsf } from './ocsf-classes.ts'

const PATIENCE = { timeout: 60_000, interval: 50 }

const linesOf = (text: string): string[] => text.split('\n').slice(0, -1)
const sequencesOf = (text: string): number[] => linesOf(text).map((line) => JSON.parse(line).sequence)
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)
const headOf = async (app: TestApp): Promise<number> => {
  const [row] = await app.app.parts.services.database.read((reader) =>
    reader.query<{ sequence: string }>('SELECT sequence FROM audit_heads WHERE organization_id = ?', [
      app.organizationId,
    ]),
  )
  return Number(row?.sequence)
}
const makeKeys = async (owner: TestClient, organizationId: string, count: number) => {
  const create = 'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey { id } } }'
  for (let index = 0; index < count; index += 1)
    await owner.send(create, { input: { organizationId, name: `key ${Math.random()}`, grants: [] } })
}
const stopped = async (running: Running) => {
  running.child.kill('SIGINT')
  return running.ended
}

describe('audit export --follow to a file', { timeout: 180_000 }, () => {
  const user = useCommandLine()
  const file = (name: string) => join(user.home, name)
  const [LOG, STATE] = ['log.ndjson', 'state.json']
  let port: number
  let app: TestApp
  let owner: TestClient
  beforeAll(async () => {
    port = await freePort()
    app = await boot({ env: { KEYTURN_PORT: String(port) } })
    owner = new TestClient(app.url, app.ownerSecret)
    await user.logIn(app.url, app.ownerSecret)
  })
  afterAll(async () => {
    owner.close()
    await app.close()
  })

  const follow = () => user.start(['audit', 'export', '--follow', '--output', file(LOG), '--state', file(STATE)])
  const written = () => (existsSync(file(LOG)) ? linesOf(readFileSync(file(LOG), 'utf8')).length : 0)

  it('has every event once, over kills of the exporter and restarts of the server', async () => {
    const { organizationId, database } = app
    for (let round = 0; round < 3; round += 1) {
      const before = written()
      const running = follow()
      const making = makeKeys(owner, organizationId, 60)
      await vi.waitFor(() => expect(written()).toBeGreaterThan(before + 10), PATIENCE)
      running.child.kill('SIGKILL')
      await Promise.all([running.ended, making])
      // What a kill in the middle of a write leaves behind.
      appendFileSync(file(LOG), '{"organizationId":"org_')
    }
    const running = follow()
    await vi.waitFor(async () => expect(written()).toBe(await headOf(app)), PATIENCE)
    await app.stop()
    app = { ...(await boot({ database, env: { KEYTURN_PORT: String(port) } })), organizationId }
    await makeKeys(owner, organizationId, 20)
    await vi.waitFor(async () => expect(written()).toBe(await headOf(app)), PATIENCE)
    expect(await stopped(running)).toMatchObject({ code: 0, out: '' })
    expect(sequencesOf(readFileSync(file(LOG), 'utf8'))).toEqual(upTo(await headOf(app)))
    expect(await user.run(['audit', 'verify', file(LOG)])).toMatchObject({ code: 0 })
    expect(statSync(file(LOG)).mode & 0o777).toBe(0o600)
  })

  it('continues in a new file if the old one was moved away', async () => {
    const before = await headOf(app)
    writeFileSync(file(LOG), '')
    await makeKeys(owner, app.organizationId, 3)
    const { code } = await user.run(['audit', 'export', '--output', file(LOG), '--state', file(STATE)])
    expect(code).toBe(0)
    expect(sequencesOf(readFileSync(file(LOG), 'utf8'))).toEqual([before + 1, before + 2, before + 3])
  })

  it.each<[string, () => void, RegExp]>([
    ['a file with content and no state', () => undefined, /has content already/],
    ['a state that is none', () => writeFileSync(file('other'), '{}'), /is not the state file/],
    [
      'a state of another organization',
      () => writeFileSync(file('other'), readFileSync(file(STATE), 'utf8').replace(/org_\w/, 'org_x')),
      /is the state of an export of org_x/,
    ],
    [
      'a file that was cut',
      () => {
        writeFileSync(file('other'), readFileSync(file(STATE), 'utf8'))
        writeFileSync(file(LOG), '{}\n')
      },
      /is shorter than the state file says/,
    ],
    [
      'a log that was altered since',
      () => {
        const state = JSON.parse(readFileSync(file(STATE), 'utf8'))
        writeFileSync(file('other'), JSON.stringify({ ...state, sequence: 5, bytes: null, hash: 'f'.repeat(64) }))
      },
      /Event 6 does not follow the last one that was exported/,
    ],
  ])('rejects %s', async (what, prepare, message) => {
    prepare()
    const state = what.startsWith('a file with') ? [] : ['--state', file('other')]
    const { code, err } = await user.run(['audit', 'export', '--output', file(LOG), ...state])
    expect(code).toBe(1)
    expect(err).toMatch(message)
    expect(linesOf(err)).toHaveLength(1)
  })
})

describe('audit export to standard output', { timeout: 120_000 }, () => {
  const app = useApp()
  const user = useCommandLine()
  beforeAll(async () => {
    await user.logIn(app.url, app.ownerSecret)
    for (let index = 0; index < 5; index += 1) await app.apiKey()
  })
  const exported = async (...words: string[]) => {
    const { code, out, err } = await user.run(['audit', 'export', ...words])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    return linesOf(out)
  }

  it('begins after a sequence', async () => {
    const all = await exported()
    expect(await exported('--after', '3')).toEqual(all.slice(3))
    expect(await exported('--after', '999')).toEqual([])
  })

  it('follows what happens, and says where to continue', async () => {
    const running = user.start(['audit', 'export', '--follow', '--after', '1'])
    await vi.waitFor(async () => expect(linesOf(running.out())).toHaveLength((await headOf(app)) - 1), PATIENCE)
    await app.apiKey()
    const head = await headOf(app)
    await vi.waitFor(() => expect(linesOf(running.out())).toHaveLength(head - 1), PATIENCE)
    expect((await stopped(running)).err).toBe(`Continue with --after ${head}.\n`)
  })

  it('is OCSF, ECS or CEF', async () => {
    const ocsf = await exported('--format', 'ocsf')
    for (const line of ocsf) expect(faultsOfOcsf(JSON.parse(line))).toEqual([])
    const ecs = await exported('--format', 'ecs')
    for (const line of ecs) expect(JSON.parse(line)).toMatchObject({ ecs: { version: '8.11.0' } })
    const cef = await exported('--format', 'cef')
    for (const line of cef) expect(parseCef(line).header).toHaveLength(7)
    expect(new Set([ocsf, ecs, cef].map(({ length }) => length)).size).toBe(1)
  })

  it('works as docs/audit-export.md writes it', async () => {
    const docs = readFileSync(new URL('../../docs/audit-export.md', import.meta.url), 'utf8')
    const [, snippet = ''] = /^```sh\nkeyturn (.*)\n```$/m.exec(docs) ?? []
    const words = snippet.split(' ').map((word) => (/^audit\.\w+$/.test(word) ? join(user.home, word) : word))
    const running = user.start(words)
    const lines = () => linesOf(readFileSync(join(user.home, 'audit.ocsf'), 'utf8')).length
    await vi.waitFor(async () => expect(lines()).toBe(await headOf(app)), PATIENCE)
    expect((await stopped(running)).code).toBe(0)
    const { out } = await user.run(['audit', 'export', '--help'])
    for (const [, option = ''] of docs.matchAll(/^\| `(--\w+)/gm)) expect(out).toContain(option)
  })

  it('needs the rights to all that a hash covers', async () => {
    const viewer = await app.person('Vera', [{ module: 'audit', role: 'VIEWER' }])
    const env = { KEYTURN_SERVER: app.url, KEYTURN_KEY: viewer.secret }
    const { code, err } = await user.run(['audit', 'export', '--format', 'cef'], { env })
    expect(code).toBe(1)
    expect(err).toContain('audit:manager')
  })
})

describe('audit export to a syslog receiver', { timeout: 180_000 }, () => {
  const app = useApp()
  const user = useCommandLine()
  let certificate: ReturnType<typeof makeCertificate>
  beforeAll(async () => {
    await user.logIn(app.url, app.ownerSecret)
    certificate = makeCertificate(user.home, 'receiver')
  })
  const follow = (port: number, ca: string) =>
    user.start([
      'audit',
      'export',
      '--follow',
      ...['--syslog', `tls://127.0.0.1:${port}`, '--ca', ca, '--state', join(user.home, 'syslog.json')],
    ])
  const sequenceIn = (message: string) => {
    const [, cef = ''] = /^<\d+>1 \S+ 127\.0\.0\.1 keyturn - [A-Z_]+ \[origin [^\]]+\] (.*)$/s.exec(message) ?? []
    return Number(parseCef(cef).extension.cn1)
  }

  it('delivers every event in order, over restarts of the receiver and of the exporter', async () => {
    const received: string[] = []
    let receiver = await startSyslogReceiver(certificate)
    let running = follow(receiver.port, certificate.cert)
    const seen = () => new Set([...received, ...receiver.messages].map(sequenceIn))
    const untilAll = () => vi.waitFor(async () => expect(seen().size).toBe(await headOf(app)), PATIENCE)
    await untilAll()
    await receiver.close()
    received.push(...receiver.messages)
    for (let index = 0; index < 3; index += 1) await app.apiKey()
    await vi.waitFor(() => expect(running.err()).toContain('Trying again.'), PATIENCE)
    receiver = await startSyslogReceiver(certificate, receiver.port)
    await untilAll()
    running.child.kill('SIGKILL')
    await running.ended
    await app.apiKey()
    running = follow(receiver.port, certificate.cert)
    await untilAll()
    expect((await stopped(running)).code).toBe(0)
    received.push(...receiver.messages)
    const first = [...new Set(received.map(sequenceIn))]
    expect(first).toEqual(upTo(await headOf(app)))
    // Closed in order, everything is settled: nothing comes again.
    await receiver.close()
    receiver = await startSyslogReceiver(certificate, receiver.port)
    await app.apiKey()
    running = follow(receiver.port, certificate.cert)
    await vi.waitFor(async () => expect(receiver.messages.map(sequenceIn)).toEqual([await headOf(app)]), PATIENCE)
    await stopped(running)
    await receiver.close()
  })

  it('sends nothing to a receiver with a certificate for another name', async () => {
    const other = makeCertificate(user.home, 'other')
    const receiver = await startSyslogReceiver(other)
    const running = follow(receiver.port, certificate.cert)
    await vi.waitFor(() => expect(running.err()).toMatch(/not reachable: .*certificate/i), PATIENCE)
    expect((await stopped(running)).code).toBe(0)
    expect(receiver.messages).toEqual([])
    await receiver.close()
  })

  it.each([
    [['--syslog', 'udp://127.0.0.1'], 2, 'tls://host:6514'],
    [['--syslog', 'tls://127.0.0.1', '--output', 'x'], 2, 'either'],
    [['--ca', 'x'], 2, '--syslog'],
    [['--syslog', 'tls://127.0.0.1', '--ca', '/nowhere'], 1, 'cannot be read'],
  ])('refuses %j', async (words, expected, message) => {
    const { code, err } = await user.run(['audit', 'export', ...words])
    expect(code).toBe(expected)
    expect(err).toContain(message)
  })
})
