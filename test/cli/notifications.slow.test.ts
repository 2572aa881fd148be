import { beforeAll, describe, expect, it } from 'vitest'
import { useApp } from '../support/boot.ts'
import { useCommandLine } from './command-line.ts'

interface Route {
  readonly id: string
  readonly name: string
  readonly channel: string
  readonly types: readonly string[]
  readonly target: string
}

describe('notification routes at the command line', { timeout: 120_000 }, () => {
  const app = useApp()
  const user = useCommandLine()
  beforeAll(() => user.logIn(app.url, app.ownerSecret))

  const list = () => user.json<Route[]>(['notifications', 'list'])

  it('a webhook is created with only its signing secret on standard output, tested and deleted', async () => {
    const words = ['notifications', 'create', 'alerts', '--webhook', 'https://hooks.example.com/x']
    const { code, out, err } = await user.run([...words, '--type', 'key-revoked,key-expired'])
    expect(code, err).toBe(0)
    expect(out).toMatch(/^whsec_\S+\n$/)
    expect(err).not.toContain(out.trim())
    const [route] = await list()
    expect(route).toMatchObject({ name: 'alerts', channel: 'WEBHOOK' })
    expect([...(route?.types ?? [])].sort()).toEqual(['KEY_EXPIRED', 'KEY_REVOKED'])
    const id = route?.id ?? ''
    expect((await user.run(['notifications', 'test', id])).out).toMatch(/^The test notification ndl_/)
    expect((await user.run(['notifications', 'delete', id])).code).toBe(2)
    expect(await list()).toHaveLength(1)
    expect((await user.run(['notifications', 'delete', id, '--yes'])).code).toBe(0)
    expect(await list()).toEqual([])
  })

  it('a credential is read from standard input, never from the command line, and shown masked', async () => {
    const url = 'https://hooks.slack.com/services/T000/B000/confidential'
    const refused = await user.run(['notifications', 'create', 'chat', '--slack', url])
    expect(refused).toMatchObject({ code: 2, out: '' })
    const created = await user.run(['notifications', 'create', 'chat', '--slack', '-'], { input: url })
    expect(created.code, created.err).toBe(0)
    const route = (await list()).find(({ channel }) => channel === 'SLACK')
    expect(route).toBeDefined()
    expect(JSON.stringify(route)).not.toContain('confidential')
  })

  it('exactly one target is required', async () => {
    expect((await user.run(['notifications', 'create', 'none'])).code).toBe(2)
    const both = ['notifications', 'create', 'both', '--webhook', 'https://hooks.example.com', '--key-managers']
    expect((await user.run(both)).code).toBe(2)
  })
})
