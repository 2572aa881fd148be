import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { CreateOrganizationDocument, KeyByIdDocument, UpdateKeyPolicyDocument } from '../../src/generated/graphql.ts'
import { useApp } from '../support/boot.ts'
import { CommandLine, useCommandLine } from './command-line.ts'

const SECRET = /^kt_ak_[0-9A-Za-z]{49}$/

describe('a rotation at the command line', { timeout: 120_000 }, () => {
  const app = useApp()
  const user = useCommandLine()
  beforeAll(() => user.logIn(app.url, app.ownerSecret))

  const keyOf = async (id: string) => (await app.owner.run(KeyByIdDocument, { id })).key
  const worksWith = async (secret: string) =>
    (await app.anonymous.with(secret).send('{ viewer { kind } }')).status === 200

  it('prints the new secret once; the old one stays valid during the overlap', async () => {
    const { id, secret: old } = await app.apiKey()
    const { code, out, err } = await user.run(['keys', 'rotate', id, '--overlap', '1h', '--expires', '60d'])
    expect(code, err).toBe(0)
    const secret = out.trimEnd()
    expect(secret).toMatch(SECRET)
    expect(err).toContain('in 60 minutes')
    expect(err).not.toContain(secret)
    expect([await worksWith(secret), await worksWith(old)]).toEqual([true, true])
    expect(await user.run(['keys', 'rotate', id])).toMatchObject({ code: 1, out: '' })
    expect(await user.run(['keys', 'complete-rotation', id, '--yes'])).toMatchObject({ code: 0 })
    expect([await worksWith(secret), await worksWith(old)]).toEqual([true, false])
    const again = await user.json<{ secret: string }>(['keys', 'rotate', id])
    expect(await user.json(['keys', 'cancel-rotation', id, '--yes'])).toMatchObject({ id, status: 'ACTIVE' })
    expect([await worksWith(secret), await worksWith(again.secret)]).toEqual([true, false])
    const last = await user.json<{ secret: string }>(['keys', 'rotate', id, '--overlap', '0s', '--yes'])
    expect([await worksWith(secret), await worksWith(last.secret)]).toEqual([false, true])
  })

  it('passes the new secret to a command, and prints it nowhere', async () => {
    const { id, secret: old } = await app.apiKey()
    const file = join(user.home, 'handed-over')
    const echo = `tee ${file}; cat ${file} >&2; echo done`
    const { code, out, err } = await user.run(['keys', 'rotate', id, '--exec', echo])
    expect(code, err).toBe(0)
    const secret = readFileSync(file, 'utf8')
    expect(secret).toMatch(SECRET)
    expect(out).toBe('')
    expect(err).toContain('[secret]done')
    expect(err.match(/\[secret\]/g)?.length).toBe(2)
    expect(err).not.toContain(secret)
    expect([await worksWith(secret), await worksWith(old)]).toEqual([true, true])
    await user.json(['keys', 'complete-rotation', id, '--yes'])
    const json = await user.run(['keys', 'rotate', id, '--json', '--exec', `cat > ${file}`])
    expect(Object.keys(JSON.parse(json.out))).toEqual(['previousSecretValidUntil', 'key'])
    expect(json.out + json.err).not.toContain(readFileSync(file, 'utf8'))
  })

  it.each([
    ['ends with an error', (file: string) => `cat > ${file}; exit 7`, 'exit code 7'],
    ['is ended by a signal', (file: string) => `cat > ${file}; kill -9 $$`, 'SIGKILL'],
    ['does not exist', (file: string) => `cat > ${file}; /no/such/program`, 'exit code 127'],
  ])('is cancelled if the command %s', async (_, commandOf, told) => {
    const { id, secret: old } = await app.apiKey()
    const file = join(user.home, `failed-${id}`)
    const { code, out, err } = await user.run(['keys', 'rotate', id, '--exec', commandOf(file)])
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain(told)
    expect(err).toContain('cancelled')
    const secret = readFileSync(file, 'utf8')
    expect(err).not.toContain(secret)
    expect([await worksWith(secret), await worksWith(old)]).toEqual([false, true])
    expect((await keyOf(id))?.secrets.filter(({ state }) => state === 'CURRENT').length).toBe(1)
  })

  it('without an overlap retires the old secret only after the command has succeeded', async () => {
    const { id, secret: old } = await app.apiKey()
    const file = join(user.home, 'at-once')
    const words = ['keys', 'rotate', id, '--overlap', '0s', '--exec']
    expect((await user.run([...words, `cat > ${file}; exit 1`])).code).toBe(1)
    expect(await worksWith(old)).toBe(true)
    expect((await user.run([...words, `cat > ${file}`])).code).toBe(0)
    expect([await worksWith(readFileSync(file, 'utf8')), await worksWith(old)]).toEqual([true, false])
  })

  it('says so if it cannot be cancelled, because the policy allows no overlap', async () => {
    const { createOrganization } = await app.owner.run(CreateOrganizationDocument, {
      input: { name: 'Strict', parentId: app.organizationId },
    })
    const { id: organizationId } = createOrganization.organization
    await app.owner.run(UpdateKeyPolicyDocument, { input: { organizationId, policy: { maximumOverlap: 'PT0S' } } })
    const { id } = await app.apiKey({ organizationId })
    const { code, err } = await user.run(['keys', 'rotate', id, '--exec', 'exit 1'])
    expect(code).toBe(1)
    expect(err).toMatch(/could not be cancelled .* rotate the key again/)
  })

  it('of the key that the user is logged in with keeps the user logged in', async () => {
    const { id, secret: old } = await app.apiKey()
    const other = new CommandLine()
    await other.logIn(app.url, old)
    const { secret } = await other.json<{ secret: string }>(['keys', 'rotate', id, '--overlap', '0s', '--yes'])
    expect(readFileSync(other.configFile, 'utf8')).toContain(secret)
    expect(await other.json(['whoami'])).toMatchObject({ key: { id } })
    other.remove()
  })
})
