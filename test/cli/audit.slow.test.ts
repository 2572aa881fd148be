import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { faultsOf, type PublicEvent } from '../support/audit-chain.ts'
import { useApp } from '../support/boot.ts'
import { useCommandLine } from './command-line.ts'

describe('the audit log at the command line', { timeout: 120_000 }, () => {
  const app = useApp()
  const user = useCommandLine()
  const file = (name: string) => join(user.home, name)
  const EXPORT = 'export.ndjson'
  const CHECKPOINT = 'checkpoint.json'
  beforeAll(async () => {
    await user.logIn(app.url, app.ownerSecret)
    for (let index = 0; index < 110; index += 1) await app.apiKey({ name: `key ${index}` })
  })

  const verify = (...words: string[]) =>
    user.run(['audit', 'verify', ...words], { env: { HOME: '/nowhere', XDG_CONFIG_HOME: '' } })

  it('is listed newest first, with filters', async () => {
    const { id } = await app.apiKey({ name: 'listed' })
    await user.json(['keys', 'suspend', id])
    const about = await user.json<PublicEvent[]>(['audit', 'list', '--key', id])
    expect(about.map(({ type }) => type)).toEqual(['KEY_SUSPENDED', 'KEY_CREATED'])
    const typed = await user.json<PublicEvent[]>(['audit', 'list', '--type', 'KEY_SUSPENDED,key-resumed'])
    expect(typed.map(({ targetId }) => targetId)).toEqual([id])
    const all = await user.json<PublicEvent[]>(['audit', 'list'])
    expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_, index) => all.length - index))
    expect(await user.json<PublicEvent[]>(['audit', 'list', '--limit', '2'])).toEqual(all.slice(0, 2))
    const [newest] = all
    expect(
      (await user.json<PublicEvent[]>(['audit', 'list', '--since', '1h', '--actor', newest?.actor.id ?? ''])).length,
    ).toBeGreaterThan(2)
    expect(await user.json(['audit', 'list', '--since', '2999-01-01'])).toEqual([])
  })

  it('is exported as one event per line, with every field that its hash covers', async () => {
    const { code, out, err } = await user.run(['audit', 'export'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    writeFileSync(file(EXPORT), out)
    const events = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(events.length).toBeGreaterThan(110)
    expect(events.every(({ organizationId }) => organizationId === app.organizationId)).toBe(true)
    const published = events.map(({ organizationId: _, ...event }) => event as PublicEvent)
    expect(faultsOf(published, app.organizationId)).toEqual([])
  })

  it('is verified offline, with a checkpoint, without a log-in', async () => {
    const { code, out } = await user.run(['audit', 'checkpoint'])
    expect(code).toBe(0)
    writeFileSync(file(CHECKPOINT), out)
    expect(Object.keys(JSON.parse(out))).toEqual(['sequence', 'hash', 'signedAt', 'signature', 'base', 'keys'])
    const good = await verify(file(EXPORT), '--checkpoint', file(CHECKPOINT))
    expect(good).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^Intact: \d+ events/) })
    const piped = await user.run(['audit', 'verify', '-', '--json'], { input: readFileSync(file(EXPORT), 'utf8') })
    expect(JSON.parse(piped.out)).toMatchObject({ intact: true, organizationId: app.organizationId })
    expect(await verify(file(EXPORT))).toMatchObject({ code: 0, err: expect.stringContaining('--checkpoint') })
  })

  it('is reported with its first broken sequence and exit code 1 if it was tampered with', async () => {
    const lines = readFileSync(file(EXPORT), 'utf8').trimEnd().split('\n')
    const tampered: [string, string[], number][] = [
      ['changed', lines.with(9, (lines[9] ?? '').replace('"key ', '"kay ')), 10],
      ['reordered', lines.with(9, lines[10] ?? '').with(10, lines[9] ?? ''), 10],
      ['removed', lines.toSpliced(9, 1), 10],
      ['inserted', lines.toSpliced(9, 0, lines[9] ?? ''), 11],
      ['cut', lines.slice(0, -1), lines.length],
    ]
    for (const [name, changed, broken] of tampered) {
      writeFileSync(file(name), `${changed.join('\n')}\n`)
      const { code, out, err } = await verify(file(name), '--checkpoint', file(CHECKPOINT))
      expect({ name, code, out }).toEqual({ name, code: 1, out: '' })
      expect(err).toMatch(new RegExp(`^Event ${broken} is .*\\n$`))
      const json = await verify(file(name), '--checkpoint', file(CHECKPOINT), '--json')
      expect(JSON.parse(json.out)).toMatchObject({ intact: false, firstBrokenSequence: broken })
      expect(json.code).toBe(1)
    }
    const checkpoint = readFileSync(file(CHECKPOINT), 'utf8')
    writeFileSync(file('wrong'), checkpoint.replace(/"signature":"(.{40})../, '"signature":"$1__'))
    expect(await verify(file(EXPORT), '--checkpoint', file('wrong'))).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^The checkpoint is not valid.*\n$/),
    })
    for (const missing of ['none', EXPORT])
      expect(await verify(file(EXPORT), '--checkpoint', file(missing))).toMatchObject({ code: 1, out: '' })
    expect(await verify(file('none'))).toMatchObject({ code: 1, err: expect.stringMatching(/^.*none.*\n$/) })
  })

  it('cannot be exported by a user who may not read all hashed fields', async () => {
    const readers = [
      [{ module: 'audit', role: 'VIEWER' }],
      [{ module: 'audit', role: 'MANAGER' }],
      [{ module: 'keys', role: 'VIEWER' }],
    ] as const
    for (const grants of readers) {
      const reader = await app.person('Reader', [...grants])
      const env = { KEYTURN_SERVER: app.url, KEYTURN_KEY: reader.secret }
      const { code, err } = await user.run(['audit', 'export'], { env })
      expect({ grants, code }).toEqual({ grants, code: 1 })
      expect(err).toMatch(/^.*(?:audit|keys|members):(?:viewer|manager).*\n$/)
    }
  })

  it('stops silently if its reader closes the pipe', async () => {
    const { ended } = user.spawn('sh', ['-c', `"$0" "$@" | head -n 1`, ...user.command(['audit', 'export'])])
    const { code, out, err } = await ended
    expect({ code, lines: out.split('\n').length, err }).toEqual({ code: 0, lines: 2, err: '' })
  })
})
