import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  type AuditEventType,
  CreateApiKeyDocument,
  ResumeKeyDocument,
  RevokeKeyDocument,
  SuspendKeyDocument,
} from '../../src/generated/graphql.ts'
import { boot, type TestApp, useApp } from '../support/boot.ts'
import { TestClient } from '../support/client.ts'
import { createDatabase, type TestDatabase } from '../support/engines.ts'
import { type ServerProcess, startServer } from '../support/server-process.ts'
import { type Running, useCommandLine } from './command-line.ts'

const PATIENCE = { timeout: 60_000, interval: 50 }

interface Event {
  readonly sequence: number
  readonly type: AuditEventType
  readonly targetId: string
}

const watching = (running: Running) => vi.waitFor(() => expect(running.err()).toContain('Watching.'), PATIENCE)
const linesOf = (text: string): string[] => text.split('\n').slice(0, -1)

describe('watching events', { timeout: 120_000 }, () => {
  const app = useApp()
  const user = useCommandLine()
  beforeAll(() => user.logIn(app.url, app.ownerSecret))

  const changes = async (count: number) => {
    const { id } = await app.apiKey()
    for (let index = 0; index < count; index += 1) {
      await app.owner.run(SuspendKeyDocument, { id })
      await app.owner.run(ResumeKeyDocument, { id })
    }
    return id
  }
  const stop = async (running: Running, signal: NodeJS.Signals = 'SIGINT') => {
    running.child.kill(signal)
    return running.ended
  }

  it('prints one line per sequence from the start, and exits with 0 when it is interrupted', async () => {
    const running = user.start(['watch', '--utc'])
    await watching(running)
    const { id } = await app.apiKey({ name: 'watched', expiresIn: 'PT1H', warnBefore: ['PT59M59S'] })
    await vi.waitFor(() => expect(running.out()).toContain('KEY_EXPIRY_WARNING'), PATIENCE)
    await app.owner.run(RevokeKeyDocument, { input: { id, reason: 'COMPROMISED' } })
    await vi.waitFor(() => expect(running.out()).toContain('KEY_REVOKED'), PATIENCE)
    const { code, out, err } = await stop(running)
    expect(code).toBe(0)
    const instant = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d UTC`
    expect(linesOf(out)).toEqual([
      expect.stringMatching(new RegExp(`^\\d+ {2}${instant} {2}KEY_CREATED {2}watched \\(${id}\\) by `)),
      expect.stringMatching(
        new RegExp(`^\\d+ {2}${instant} {2}KEY_EXPIRY_WARNING {2}watched \\(${id}\\) expires in 60 minutes`),
      ),
      expect.stringMatching(new RegExp(`^\\d+ {2}${instant} {2}KEY_REVOKED {2}watched \\(${id}\\) compromised by `)),
    ])
    expect(err).toMatch(/Continue with --since \d+\.\n$/)
  })

  it('replays events after a sequence as JSON lines, and exits the same way by SIGTERM', async () => {
    const id = await changes(2)
    const running = user.start(['watch', '--since', '0', '--json'])
    await vi.waitFor(() => expect(running.out().match(new RegExp(id, 'g'))?.length).toBeGreaterThanOrEqual(5), PATIENCE)
    const { code, out } = await stop(running, 'SIGTERM')
    expect(code).toBe(0)
    const events = linesOf(out).map((line) => JSON.parse(line) as Event)
    expect(events.filter(({ targetId }) => targetId === id).map(({ type }) => type)).toEqual([
      'KEY_CREATED',
      'KEY_SUSPENDED',
      'KEY_RESUMED',
      'KEY_SUSPENDED',
      'KEY_RESUMED',
    ])
    const sequences = events.map(({ sequence }) => sequence)
    expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b))
  })

  it('runs a command for each event, one at a time, and reports those that fail', async () => {
    const file = join(user.home, 'events')
    const script = join(user.home, 'handle')
    // Two at a time would mix their lines.
    writeFileSync(
      script,
      `cat > ${file}.one; sleep 0.05; cat ${file}.one >> ${file}; echo said; ! grep -q KEY_RESUMED ${file}.one`,
    )
    const running = user.start(['watch', '--json', '--exec', `sh ${script}`])
    await watching(running)
    await changes(2)
    await vi.waitFor(() => expect(linesOf(readFileSync(file, 'utf8')).length).toBe(5), PATIENCE)
    const { code, out, err } = await stop(running)
    expect(code).toBe(0)
    expect(linesOf(out), 'what a command prints is not among the events').toEqual(linesOf(readFileSync(file, 'utf8')))
    expect(err.match(/^said$/gm)?.length).toBe(5)
    const resumed = linesOf(out)
      .map((line) => JSON.parse(line) as Event)
      .filter(({ type }) => type === 'KEY_RESUMED')
    expect(resumed.length).toBe(2)
    for (const { sequence } of resumed)
      expect(err).toContain(`The command failed for event ${sequence}: it ended with exit code 1.`)
  })

  it('completes the running command when it is interrupted, and starts no other', async () => {
    const file = join(user.home, 'slow')
    const running = user.start(['watch', '--exec', `echo begun >&2; sleep 0.5; echo x >> ${file}`])
    await watching(running)
    await changes(2)
    await vi.waitFor(() => expect(running.err()).toContain('begun'), PATIENCE)
    expect((await stop(running)).code).toBe(0)
    expect(readFileSync(file, 'utf8')).toBe('x\n')
  })

  it('shows members without keys:viewer the warnings about their own keys', async () => {
    const person = await app.person('Owner of a key', [{ module: 'audit', role: 'VIEWER' }])
    const env = { KEYTURN_SERVER: app.url, KEYTURN_KEY: person.secret }
    const running = user.start(['watch', '--json'], env)
    await watching(running)
    await app.apiKey({ name: 'of others', expiresIn: 'PT1H', warnBefore: ['PT59M59S'] })
    await user.json(['personal-keys', 'create', 'mine', '--expires', '1h', '--warn-before', '3599s'], { env })
    await vi.waitFor(() => expect(running.out()).toContain('KEY_EXPIRY_WARNING'), PATIENCE)
    const { out } = await stop(running)
    expect(linesOf(out).map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ type: 'KEY_EXPIRY_WARNING', targetName: 'mine', sequence: expect.any(Number) }),
    ])
  })

  it('ends with exit code 3 when its key is revoked', async () => {
    const key = await app.apiKey({ grants: [{ module: 'keys', role: 'VIEWER' }] })
    const running = user.start(['watch'], { KEYTURN_SERVER: app.url, KEYTURN_KEY: key.secret })
    await watching(running)
    await app.owner.run(RevokeKeyDocument, { input: { id: key.id } })
    const { code, err } = await running.ended
    expect({ code, err }).toEqual({ code: 3, err: expect.stringMatching(/\n.*keyturn login.*\n$/) })
  })
})

describe('watching a server that is killed repeatedly', () => {
  let database: TestDatabase
  let server: ServerProcess
  let reference: TestApp | undefined
  const user = useCommandLine()
  beforeAll(async () => {
    database = await createDatabase('sqlite')
    server = await startServer(database)
  }, 120_000)
  afterAll(async () => {
    await server.kill()
    await reference?.close()
  })

  it('neither misses nor repeats an event', async () => {
    const { secret = '', organizationId = '' } = server.first ?? {}
    const port = new URL(server.url).port
    await user.logIn(server.url, secret)
    const running = user.start(['watch', '--json'])
    await watching(running)
    const owner = new TestClient(server.url, secret)
    let created = 0
    for (let round = 0; round < 4; round += 1) {
      for (let index = 0; index < 8; index += 1) {
        created += 1
        await owner.run(CreateApiKeyDocument, { input: { organizationId, name: `key ${created}`, grants: [] } })
      }
      // Without waiting for the events: some are on their way.
      await server.kill()
      server = await startServer(database, { KEYTURN_PORT: port })
    }
    await vi.waitFor(() => expect(linesOf(running.out()).length).toBeGreaterThanOrEqual(created), PATIENCE)
    running.child.kill('SIGINT')
    const { code, out } = await running.ended
    expect(code).toBe(0)
    await server.kill()
    const events = linesOf(out).map((line) => JSON.parse(line) as Event & { targetName: string })
    expect(events.map(({ targetName }) => targetName)).toEqual(
      Array.from({ length: created }, (_, index) => `key ${index + 1}`),
    )
    const sequences = events.map(({ sequence }) => sequence)
    expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b))
    // What the log has: it says whether the server itself lost anything.
    reference = await boot({ database })
    const log = await user.json<Event[]>(['audit', 'list', '--type', 'KEY_CREATED'], {
      env: { KEYTURN_SERVER: reference.url, KEYTURN_KEY: secret },
    })
    expect(
      log
        .map(({ sequence }) => sequence)
        .reverse()
        .filter((sequence) => sequence >= (sequences[0] ?? 0)),
    ).toEqual(sequences)
  }, 240_000)
})
