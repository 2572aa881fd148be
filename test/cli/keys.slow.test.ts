import { existsSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  CreateOrganizationDocument,
  CreateProjectDocument,
  KeyByIdDocument,
  RevokeKeyDocument,
  UpdateKeyDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { useApp } from '../support/boot.ts'
import { CommandLine, useCommandLine } from './command-line.ts'

const SECRET = /^kt_ak_[0-9A-Za-z]{49}$/
const DAY_MS = 86_400_000

interface ListedKey {
  readonly id: string
  readonly name: string
  readonly status: string
  readonly expiresAt: string | null
}

describe('keys at the command line', { timeout: 120_000 }, () => {
  const app = useApp()
  const user = useCommandLine()
  beforeAll(() => user.logIn(app.url, app.ownerSecret))

  const keyOf = async (id: string) => (await app.owner.run(KeyByIdDocument, { id })).key
  const worksWith = async (secret: string) =>
    (await app.anonymous.with(secret).send('{ viewer { kind } }')).status === 200
  const list = (...words: string[]) => user.json<ListedKey[]>(['keys', 'list', ...words])

  it('a new key is as described, and standard output has only its secret', async () => {
    await app.owner.run(CreateProjectDocument, {
      input: { organizationId: app.organizationId, name: 'Web', slug: 'web' },
    })
    const { code, out, err } = await user.run(
      ['keys', 'create', 'nightly-deploy', '--grant', 'keys:operator', '--grant', 'audit:viewer', '--expires', '30d']
        .concat(['--project', 'web', '--allow-ip', '127.0.0.0/8', '--allow-ip', '10.0.0.0/8', '--warn-before', '7d'])
        .concat(['--description', 'deploys at night']),
    )
    expect(code, err).toBe(0)
    const secret = out.trimEnd()
    expect(secret).toMatch(SECRET)
    expect(err).not.toContain(secret)
    expect(await worksWith(secret)).toBe(true)
    const [id = ''] = /key_[0-9a-f]{32}/.exec(err) ?? []
    expect(await keyOf(id)).toMatchObject({
      name: 'nightly-deploy',
      description: 'deploys at night',
      warnBefore: ['P7D'],
      grants: [
        { module: 'audit', role: 'VIEWER' },
        { module: 'keys', role: 'OPERATOR' },
      ],
    })
    const shown = await user.json<ListedKey>(['keys', 'show', id])
    expect(shown).toMatchObject({ id, project: { slug: 'web' }, allowedIps: ['127.0.0.0/8', '10.0.0.0/8'] })
    expect(Date.parse(shown.expiresAt ?? '') - Date.now()).toBeGreaterThan(29.9 * DAY_MS)
    const text = await user.run(['keys', 'show', id, '--utc'])
    expect(text.out).toMatch(/^Expires +in 30 days \(\d{4}-\d\d-\d\d \d\d:\d\d UTC\)$/m)
    expect(text.out).not.toContain(secret)
  })

  it('an error of the server is one line with exit code 1', async () => {
    const refusals: [string[], string][] = [
      [['keys', 'create', 'nightly-deploy'], 'this name'],
      [['keys', 'create', 'x', '--grant', 'nowhere:viewer'], 'must be * or one of'],
      [['keys', 'create', 'x', '--project', 'nope'], 'nope'],
      [['keys', 'show', 'key_00000000000040008000000000000000'], 'No such key'],
      [['keys', 'show', 'nonsense'], 'key_'],
      [['keys', 'list', '--organization', 'nobody'], 'nobody'],
    ]
    for (const [words, told] of refusals) {
      const { code, out, err } = await user.run(words)
      expect({ words, code, out }).toEqual({ words, code: 1, out: '' })
      expect(err).toMatch(/^.+\n$/)
      expect(err).toContain(told)
    }
    const viewer = await app.person('Viewer', [{ module: 'keys', role: 'VIEWER' }])
    const env = { KEYTURN_SERVER: app.url, KEYTURN_KEY: viewer.secret }
    const denied = await user.run(['keys', 'create', 'x'], { env })
    expect(denied).toMatchObject({ code: 1, out: '', err: expect.stringContaining('keys:operator') })
  })

  it('wrong usage is one line with exit code 2, and sends no request', async () => {
    const env = { KEYTURN_SERVER: 'http://127.0.0.1:2', KEYTURN_KEY: 'kt_pk_x' }
    const faults = [
      ['keys', 'create'],
      ['keys', 'create', 'x', '--expires', 'soon'],
      ['keys', 'create', 'x', '--grant', 'build'],
      ['keys', 'list', '--status', 'lost'],
      ['keys', 'list', 'x'],
      ['keys', 'rotate', 'key_1', '--expires', 'never'],
      ['keys', 'revoke'],
      ['keys', 'revoke', 'key_1', '--unused', '90d'],
      ['keys', 'revoke', '--unused', '90d', '--descendants'],
      ['keys', 'revoke', 'key_1', '--reason', 'boredom'],
      ['watch', '--since', '-1'],
      ['audit', 'list', '--type', 'NOTHING'],
      ['--colour', 'keys', 'list'],
    ]
    for (const words of faults) {
      const { code, out, err } = await user.run(words, { env })
      expect({ words, code, out }).toEqual({ words, code: 2, out: '' })
      expect(err, words.join(' ')).toMatch(/^.+\n$/)
    }
  })

  it('a list has all pages, with filters', async () => {
    for (let index = 0; index < 205; index += 1) await app.apiKey({ name: `page ${String(index).padStart(3, '0')}` })
    const soon = await app.apiKey({ name: 'soon', expiresIn: 'P3D' })
    const gone = await app.apiKey({ name: 'gone' })
    await app.owner.run(RevokeKeyDocument, { input: { id: gone.id } })
    expect((await list('--search', 'page')).length).toBe(205)
    expect((await list('--expiring', '7d')).map(({ id }) => id)).toEqual([soon.id])
    expect(await list('--unused', '1d')).toEqual([])
    expect((await list('--status', 'revoked')).map(({ id }) => id)).toContain(gone.id)
    expect((await list('--status', 'active,suspended')).map(({ id }) => id)).not.toContain(gone.id)
    const { out } = await user.run(['keys', 'list', '--search', 'page'])
    expect(out.split('\n').length).toBe(205 + 2)
    expect(out, 'not a terminal').not.toContain('\u001b')
  })

  it('commands use the organization of the key, or the one that is named by id or slug', async () => {
    const { createOrganization } = await app.owner.run(CreateOrganizationDocument, {
      input: { name: 'Team', slug: 'team', parentId: app.organizationId },
    })
    const { id } = createOrganization.organization
    await user.json(['keys', 'create', 'of-the-team', '--organization', 'team'])
    expect((await list('--organization', id)).map(({ name }) => name)).toEqual(['of-the-team'])
    expect((await list('--search', 'of-the-team')).length).toBe(0)
    expect((await list('--search', 'of-the-team', '--include-suborganizations')).length).toBe(1)
  })

  it('hostile names cannot move the cursor or reorder a line', async () => {
    const { id } = await app.apiKey({ name: 'plain', description: 'one\ntwo' })
    await app.owner.run(UpdateKeyDocument, { input: { id, metadata: { note: '\u001b[2J\u202e' } } })
    const shown = await user.run(['keys', 'show', id])
    expect(shown.out).toMatch(/^Description +one two$/m)
    const json = await user.run(['keys', 'show', id, '--json'])
    for (const mark of ['\u001b', '\u202e']) expect(json.out).not.toContain(mark)
    expect(JSON.parse(json.out).metadata).toEqual({ note: '\u001b[2J\u202e' })
  })

  it('destructive commands need --yes without a terminal', async () => {
    const { id, secret } = await app.apiKey()
    const irreversible = [
      ['keys', 'revoke', id],
      ['personal-keys', 'revoke', id],
      ['keys', 'revoke', '--search', id],
      ['keys', 'rotate', id, '--overlap', '0s'],
      ['keys', 'complete-rotation', id],
      ['keys', 'cancel-rotation', id],
    ]
    for (const words of irreversible) {
      const { code, out, err } = await user.run(words, { input: 'y\n' })
      expect({ words, code, out }).toEqual({ words, code: 2, out: '' })
      expect(err).toMatch(/^.*--yes.*\n$/)
    }
    expect(await worksWith(secret)).toBe(true)
  })

  it('a revoked key is rejected from then on, with its reason', async () => {
    const { id, secret } = await app.apiKey()
    const words = ['keys', 'revoke', id, '--yes', '--reason', 'no-longer-needed', '--note', 'replaced']
    expect(await user.json(words)).toEqual({ revokedCount: 1, revokedKeyIds: [id] })
    expect(await worksWith(secret)).toBe(false)
    expect(await keyOf(id)).toMatchObject({ status: 'REVOKED', revocationReason: 'NO_LONGER_NEEDED' })
  })

  it('several keys are revoked by id: all of them, or none if an id is wrong', async () => {
    const keys = [await app.apiKey(), await app.apiKey(), await app.apiKey()]
    const ids = keys.map(({ id }) => id)
    const wrong = await user.run(['keys', 'revoke', '--yes', ...ids, 'key_00000000000040008000000000000000'])
    expect(wrong).toMatchObject({ code: 1, out: '' })
    for (const { secret } of keys) expect(await worksWith(secret)).toBe(true)
    const { code, out, err } = await user.run(['keys', 'revoke', '--yes', ...ids, ids[0] ?? ''])
    expect({ code, out, err }).toEqual({ code: 0, out: 'Revoked 3 keys.\n', err: '' })
    for (const { secret } of keys) expect(await worksWith(secret)).toBe(false)
  })

  it('keys that may not be revoked are named, with exit code 1', async () => {
    const operator = await app.person('Operator', [{ module: 'keys', role: 'OPERATOR' }])
    const env = { KEYTURN_SERVER: app.url, KEYTURN_KEY: operator.secret }
    const created = await user.json<{ key: ListedKey }>(['keys', 'create', 'own'], { env })
    const foreign = await app.apiKey()
    const words = ['keys', 'revoke', '--yes', created.key.id, foreign.id]
    const { code, out, err } = await user.run(words, { env })
    expect({ code, out }).toEqual({ code: 1, out: 'Revoked 1 key.\n' })
    expect(err).toContain(`${foreign.id}: `)
    expect(await worksWith(foreign.secret)).toBe(true)
  })

  it('a filter revokes exactly the keys that it selects, in one transaction', async () => {
    for (let index = 0; index < 12; index += 1) await app.apiKey({ name: `obsolete ${index}` })
    expect(await user.json(['keys', 'revoke', '--search', 'obsolete', '--yes'])).toEqual({ revokedCount: 12 })
    expect((await list('--search', 'obsolete')).every(({ status }) => status === 'REVOKED')).toBe(true)
    const again = await user.run(['keys', 'revoke', '--search', 'obsolete', '--yes'])
    expect(again).toMatchObject({ code: 0, out: 'Revoked 0 keys.\n' })
  })

  it('a suspended key is rejected until it is resumed', async () => {
    const { id, secret } = await app.apiKey()
    expect(await user.run(['keys', 'suspend', id])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Suspended .*\n$/),
    })
    expect(await worksWith(secret)).toBe(false)
    expect(await user.json(['keys', 'resume', id])).toMatchObject({ id, status: 'ACTIVE' })
    expect(await worksWith(secret)).toBe(true)
  })

  it('personal access keys are listed, created, rotated and revoked by their owner', async () => {
    const person = await app.person('Zoë', [{ module: 'keys', role: 'OPERATOR' }])
    const own = new CommandLine()
    await own.logIn(app.url, person.secret)
    const created = await own.run(['personal-keys', 'create', 'laptop', '--grant', 'keys:viewer', '--expires', '7d'])
    expect(created.code, created.err).toBe(0)
    const secret = created.out.trimEnd()
    const { viewer } = await app.anonymous.with(secret).run(ViewerDocument, {})
    const id = viewer.key?.id ?? ''
    expect(viewer.key).toMatchObject({ name: 'laptop', grants: [{ module: 'keys', role: 'VIEWER' }] })
    const names = async () => (await own.json<ListedKey[]>(['personal-keys', 'list'])).map(({ name }) => name)
    expect(await names()).toContain('laptop')
    const rotated = await own.json<{ secret: string }>(['personal-keys', 'rotate', id])
    expect([await worksWith(secret), await worksWith(rotated.secret)]).toEqual([true, true])
    expect(await own.json(['personal-keys', 'revoke', id, '--yes'])).toMatchObject({ revokedKeyIds: [id] })
    expect([await worksWith(secret), await worksWith(rotated.secret)]).toEqual([false, false])
    own.remove()
    expect(existsSync(own.configFile)).toBe(false)
  })
})
