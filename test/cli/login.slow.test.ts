import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RevokeKeyDocument } from '../../src/generated/graphql.ts'
import { useApp } from '../support/boot.ts'
import { useCommandLine } from './command-line.ts'

const modeOf = (path: string): number => statSync(path).mode & 0o777

describe('the log-in', { timeout: 120_000 }, () => {
  const app = useApp()
  const user = useCommandLine()

  it('is required by every client command, with exit code 3 and one line', async () => {
    const server = { KEYTURN_SERVER: app.url }
    for (const words of [['whoami'], ['keys', 'list'], ['token'], ['audit', 'export'], ['watch'], ['logout']]) {
      const { code, out, err } = await user.run(words)
      expect({ words, code, out }).toEqual({ words, code: 3, out: '' })
      expect(err).toMatch(/^You are not logged in.*\n$/)
    }
    expect(await user.run(['whoami'], { env: server })).toMatchObject({ code: 3 })
    expect(existsSync(user.configFile)).toBe(false)
  })

  it('takes the secret only from standard input, never from the command line', async () => {
    const words = ['login', '--server', app.url]
    const given = await user.run([...words, '--key', app.ownerSecret])
    expect(given).toMatchObject({ code: 2, err: expect.stringContaining('--key -') })
    expect(given.err + given.out).not.toContain(app.ownerSecret)
    expect(await user.run(words)).toMatchObject({ code: 2, err: expect.stringContaining('--key -') })
    expect(await user.run(['login', '--key', '-'], { input: app.ownerSecret })).toMatchObject({ code: 2 })
    expect(existsSync(user.configFile)).toBe(false)
  })

  it('verifies the secret: one that the server rejects is not stored', async () => {
    const { secret, id } = await app.apiKey()
    await app.owner.run(RevokeKeyDocument, { input: { id } })
    const words = ['login', '--server', app.url, '--key', '-']
    for (const input of [secret, 'hunter2', '', app.ownerSecret.slice(0, -1)]) {
      const { code, err } = await user.run(words, { input })
      expect({ input, code }).toEqual({ input, code: 1 })
      expect(err).toMatch(/^.+\n$/)
    }
    const nobody = ['login', '--server', 'http://127.0.0.1:2', '--key', '-']
    expect(await user.run(nobody, { input: secret })).toMatchObject({
      code: 1,
      err: expect.stringContaining('ECONNREFUSED'),
    })
    expect(existsSync(user.configFile)).toBe(false)
  })

  it('stores server and secret in a file that only the user can read, and prints no secret', async () => {
    const { code, out, err } = await user.run(['login', '--server', `${app.url}/`, '--key', '-'], {
      input: `${app.ownerSecret}\n`,
    })
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).not.toContain(app.ownerSecret)
    expect(out).toContain('owner@localhost')
    expect(modeOf(user.configFile)).toBe(0o600)
    expect(modeOf(dirname(user.configFile))).toBe(0o700)
    expect(readdirSync(dirname(user.configFile))).toEqual(['config.json'])
    expect(JSON.parse(readFileSync(user.configFile, 'utf8'))).toEqual({
      current: 'default',
      profiles: { default: { server: app.url, secret: app.ownerSecret } },
    })
    const me = await user.json<object>(['whoami'])
    expect(me).toMatchObject({
      server: app.url,
      profile: 'default',
      kind: 'USER',
      user: { email: 'owner@localhost' },
      key: { organization: { id: app.organizationId } },
    })
  })

  it('tightens existing modes, and warns of a file that others can read', async () => {
    chmodSync(user.configFile, 0o644)
    chmodSync(dirname(user.configFile), 0o755)
    const { code, err } = await user.run(['whoami'])
    expect(code).toBe(0)
    expect(err).toContain('chmod 600')
    await user.logIn(app.url, app.ownerSecret)
    expect([modeOf(user.configFile), modeOf(dirname(user.configFile))]).toEqual([0o600, 0o700])
  })

  it('separates several servers as profiles, one of which is current', async () => {
    const machine = await app.apiKey({ name: 'machine', grants: [{ module: 'keys', role: 'VIEWER' }] })
    await user.logIn(app.url, machine.secret, '--profile', 'prod')
    const list = () => user.json<object[]>(['profiles', 'list'])
    const profile = (name: string, current: boolean) => ({ name, server: app.url, current })
    expect(await list()).toEqual([profile('default', false), profile('prod', true)])
    expect(await user.json(['whoami'])).toMatchObject({ profile: 'prod', kind: 'API_KEY', key: { id: machine.id } })
    expect(await user.json(['whoami', '--profile', 'default'])).toMatchObject({ kind: 'USER' })
    expect(await user.run(['--profile', 'default', 'whoami'])).toMatchObject({ code: 0 })
    expect(await user.run(['whoami', '--profile', 'other'])).toMatchObject({ code: 3, out: '' })
    expect(await user.run(['whoami', '--profile', '../x'])).toMatchObject({ code: 2, out: '' })
    expect((await user.run(['profiles', 'use', 'default'])).code).toBe(0)
    expect(await user.run(['profiles', 'use', 'other'])).toMatchObject({ code: 3 })
    expect(await list()).toEqual([profile('default', true), profile('prod', false)])
    const { out } = await user.run(['profiles', 'list'])
    expect(out).not.toMatch(/kt_/)
    expect(await user.run(['logout', '--profile', 'prod'])).toMatchObject({ code: 0 })
    expect(await list()).toEqual([profile('default', true)])
    expect((await machine.client.send('{ viewer { kind } }')).status, 'the key is as valid as before').toBe(200)
  })

  it('is overridden by KEYTURN_SERVER and KEYTURN_KEY, which are not stored', async () => {
    const machine = await app.apiKey()
    const env = { KEYTURN_SERVER: app.url, KEYTURN_KEY: machine.secret }
    expect(await user.json(['whoami'], { env })).toMatchObject({ kind: 'API_KEY', profile: null })
    const named = await user.run(['whoami', '--profile', 'default'], { env })
    expect(named).toMatchObject({ code: 0, err: expect.stringContaining('KEYTURN_KEY') })
    expect(await user.run(['whoami'], { env: { ...env, KEYTURN_KEY: 'kt_pk_wrong' } })).toMatchObject({ code: 3 })
    expect(readFileSync(user.configFile, 'utf8')).not.toContain(machine.secret)
  })

  it('becomes invalid with the key: a command says to log in again, with exit code 3', async () => {
    const machine = await app.apiKey()
    await user.logIn(app.url, machine.secret, '--profile', 'machine')
    await app.owner.run(RevokeKeyDocument, { input: { id: machine.id } })
    const { code, err } = await user.run(['whoami', '--profile', 'machine'])
    expect(code).toBe(3)
    expect(err).toMatch(/^.*keyturn login.*\n$/)
    const elsewhere = await app.apiKey({ allowedIps: ['192.0.2.0/24'] })
    const refused = await user.run(['whoami'], { env: { KEYTURN_SERVER: app.url, KEYTURN_KEY: elsewhere.secret } })
    expect(refused).toMatchObject({ code: 3, err: expect.not.stringContaining('keyturn login') })
  })

  it('warns on standard error if the key expires within seven days, and not after its rotation', async () => {
    const soon = await app.apiKey({ expiresIn: 'P3D', grants: [{ module: 'keys', role: 'OPERATOR' }] })
    await user.logIn(app.url, soon.secret, '--profile', 'soon')
    const warned = await user.run(['whoami', '--profile', 'soon', '--json'])
    expect(warned).toMatchObject({ code: 0, err: expect.stringMatching(/^.*expires in 3 days.*\n$/) })
    expect(JSON.parse(warned.out)).toMatchObject({ key: { id: soon.id } })
    const rotated = await user.run(['keys', 'rotate', soon.id, '--profile', 'soon'])
    expect(rotated.code, rotated.err).toBe(0)
    expect(rotated.err).not.toContain('logged in with')
    const later = await app.apiKey({ expiresIn: 'P8D' })
    const env = { KEYTURN_SERVER: app.url, KEYTURN_KEY: later.secret }
    expect(await user.run(['whoami'], { env })).toMatchObject({ code: 0, err: '' })
  })

  it('is rejected if the stored file is damaged, with exit code 78', async () => {
    for (const text of ['{', '{}', '{"current": null, "profiles": {"x": {"server": "no", "secret": "s"}}}']) {
      writeFileSync(user.configFile, text)
      expect(await user.run(['whoami'])).toMatchObject({ code: 78, err: expect.stringContaining(user.configFile) })
    }
    writeFileSync(user.configFile, '{"current": null, "profiles": {}}')
    expect(await user.run(['whoami'])).toMatchObject({ code: 3 })
  })
})
