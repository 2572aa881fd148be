import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { boot, type TestApp } from '../support/boot.ts'
import { createDatabase, ENGINES, type TestDatabase } from '../support/engines.ts'
import { compiled } from '../support/server-process.ts'
import { exchanged, headerOf, introspect } from '../support/tokens.ts'

const MASTER_KEY = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
const OTHER_KEY = 'AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE'

const keyturn = async (own: TestDatabase, words: readonly string[], env: Record<string, string> = {}) => {
  const { PATH = '', HOME = '', TMPDIR = '' } = process.env
  const child = spawn(process.execPath, [...compiled('cli/keyturn'), ...words], {
    cwd: new URL('../..', import.meta.url),
    env: {
      PATH,
      HOME,
      TMPDIR,
      KEYTURN_DATA_DIR: own.directory,
      KEYTURN_DATABASE_URL: own.url,
      KEYTURN_MASTER_KEY: MASTER_KEY,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => {
    said.out += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    said.err += chunk.toString()
  })
  const [code] = await once(child, 'close')
  return { code: code as number, ...said }
}

describe.each(ENGINES)('an operator, beside a service that runs on %s,', (engine) => {
  let app: TestApp
  let secret: string
  const env = { KEYTURN_PUBLIC_URL: 'http://keyturn.test' }
  beforeAll(async () => {
    app = await boot({ engine, env })
    secret = app.ownerSecret
  })
  afterAll(() => app.close())

  const restart = async () => {
    await app.stop()
    app = await boot({ database: app.database, env })
  }
  const rotations = async () => {
    const { database } = app.app.parts.services
    const type = 'SIGNING_KEY_ROTATED'
    return database.read((reader) =>
      reader.query<{ actor_kind: string; details: string }>(
        'SELECT actor_kind, details FROM audit_events WHERE type = ? ORDER BY sequence',
        [type],
      ),
    )
  }

  it('rotates the signing key immediately: new tokens are signed with the next one, and old tokens stay valid', async () => {
    const before = await exchanged(app, secret)
    const { code, out, err } = await keyturn(app.database, ['signing-key', 'rotate', '--json'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const { keyId } = JSON.parse(out) as { keyId: string }
    expect(keyId).not.toBe(headerOf(before).kid)
    // Alone with its database, a service looks for what others did once a minute; here it is started anew instead.
    if (engine === 'sqlite') await restart()
    const signedWith = async () => headerOf(await exchanged(app, secret)).kid
    await vi.waitFor(async () => expect(await signedWith()).toBe(keyId), { timeout: 10_000, interval: 100 })
    expect(await introspect(app, before, { bearer: secret })).toMatchObject({ active: true })
    expect((await rotations()).map((row) => [row.actor_kind, JSON.parse(row.details).keyId])).toEqual([
      ['SYSTEM', keyId],
    ])
    const again = await keyturn(app.database, ['signing-key', 'rotate'])
    expect(again.out).toMatch(/^The signing key is now \S+\.\n$/)
  })

  it('gets an error if the master key does not match the database, and nothing is rotated', async () => {
    const before = await rotations()
    const { code, err } = await keyturn(app.database, ['signing-key', 'rotate'], { KEYTURN_MASTER_KEY: OTHER_KEY })
    expect(code).toBe(78)
    expect(err).toContain('KEYTURN_MASTER_KEY')
    expect(await rotations()).toEqual(before)
  })

  it('lists the migrations, has none to run, reverts the newest and runs it again', async () => {
    const own = await createDatabase(engine)
    const first = await boot({ database: own })
    await first.stop()
    const states = async () => JSON.parse((await keyturn(own, ['migrate', '--status', '--json'])).out) as object[]
    const all = await states()
    expect(all.length).toBeGreaterThan(0)
    expect(all.every((state) => (state as { run: boolean }).run)).toBe(true)
    expect((await keyturn(own, ['migrate'])).out).toBe('No pending migrations.\n')
    const newest = (all.at(-1) as { name: string }).name
    const unconfirmed = await keyturn(own, ['migrate', '--revert'])
    expect(unconfirmed).toMatchObject({ code: 2, err: expect.stringContaining('--yes') })
    expect((await keyturn(own, ['migrate', '--revert', '--yes'])).out).toBe(`Reverted: ${newest}\n`)
    expect((await states()).at(-1)).toEqual({ name: newest, run: false })
    const early = await keyturn(own, ['signing-key', 'rotate'])
    expect(early).toMatchObject({ code: 1, err: expect.stringContaining('keyturn migrate') })
    expect((await keyturn(own, ['migrate'])).out).toBe(`Run: ${newest}\n`)
    expect(await states()).toEqual(all)
    await own.remove()
  }, 90_000)
})

describe('an operator', () => {
  let own: TestDatabase
  beforeAll(async () => {
    own = await createDatabase('sqlite')
  })
  afterAll(() => own.remove())

  it.each([
    [['sign'], "unknown command 'sign'"],
    [['migrate', '--backwards'], "unknown option '--backwards'"],
    [['migrate', 'now'], 'too many arguments'],
    [['migrate', '--status', '--revert'], 'cannot be used with'],
    [['signing-key', 'rotate', '--status'], "unknown option '--status'"],
  ])('gets one line with exit code 2 for %j', async (words, told) => {
    const { code, out, err } = await keyturn(own, words)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(/^.+\n$/)
    expect(err).toContain(told)
  })

  it.each([[[]], [['signing-key']]])('gets the usage with exit code 2 for %j', async (words) => {
    const { code, out, err } = await keyturn(own, words)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(/^Usage: keyturn.*(?:signing-key|rotate) /s)
  })

  it('gets one line if there is no database, and none is created', async () => {
    for (const words of [['migrate'], ['signing-key', 'rotate']]) {
      const { code, err } = await keyturn(own, words)
      expect(code).toBe(1)
      expect(err).toMatch(/^There is no database at .*keyturn\.db: start the service once.*\n$/)
    }
  })

  it('gets one line with the reason if a file is not a backup, or cannot become one', async () => {
    const file = join(own.directory, 'some.txt')
    writeFileSync(file, 'no backup')
    for (const words of [
      ['backup', file],
      ['restore', file],
      ['restore', join(own.directory, 'none')],
    ]) {
      const { code, out, err } = await keyturn(own, words)
      expect({ words, code, out }).toEqual({ words, code: 1, out: '' })
      expect(err).toMatch(/^.+\n$/)
    }
  })

  it('gets every error of the configuration', async () => {
    const { code, err } = await keyturn(own, ['migrate', '--status'], {
      KEYTURN_PORT: 'many',
      KEYTURN_LOG_LEVEL: 'loud',
    })
    expect(code).toBe(78)
    expect(err).toContain('KEYTURN_PORT')
    expect(err).toContain('KEYTURN_LOG_LEVEL')
  })
})
