import { readFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { displayWidth } from '../../src/cli/terminal/display-width.ts'
import { useApp } from '../support/boot.ts'
import { type Running, useCommandLine } from './command-line.ts'

const PATIENCE = { timeout: 30_000, interval: 50 }

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

describe('a user at a terminal', { timeout: 120_000 }, () => {
  const app = useApp()
  const user = useCommandLine()

  /** Runs a command in a terminal of its own (`script` of util-linux), of so many columns. */
  const atTerminal = (words: readonly string[], { columns = 80, env = {} } = {}): Running => {
    const command = [`stty cols ${columns} rows 24`, user.command(words).map(quoted).join(' ')].join('; ')
    return user.spawn('script', ['-qefc', command, '/dev/null'], { SHELL: '/bin/bash', ...env })
  }
  const said = (running: Running, text: string) => vi.waitFor(() => expect(running.out()).toContain(text), PATIENCE)
  beforeAll(() => user.logIn(app.url, app.ownerSecret))

  it('is prompted for the secret without echo', async () => {
    const running = atTerminal(['login', '--server', app.url, '--profile', 'typed'])
    await said(running, 'Secret of the key: ')
    // A slip, taken back.
    running.child.stdin?.write(`x\u007f${app.ownerSecret}\r`)
    const { code, out } = await running.ended
    expect(code, out).toBe(0)
    expect(out).not.toContain(app.ownerSecret.slice(-20))
    expect(JSON.parse(readFileSync(user.configFile, 'utf8')).profiles.typed.secret).toBe(app.ownerSecret)
  })

  it('leaves the prompt for the secret with Ctrl-C, with exit code 130', async () => {
    const running = atTerminal(['login', '--server', app.url, '--profile', 'never'])
    await said(running, 'Secret of the key: ')
    running.child.stdin?.write('kt_pk_abc\u0003')
    expect((await running.ended).code).toBe(130)
    expect(readFileSync(user.configFile, 'utf8')).not.toContain('never')
  })

  it('is asked for confirmation before a destructive command, and nothing happens without a yes', async () => {
    const { id, client } = await app.apiKey({ name: 'precious' })
    const works = async () => (await client.send('{ viewer { kind } }')).status === 200
    for (const [answer, code, lives] of [
      ['\r', 1, true],
      ['no\r', 1, true],
      ['yes\r', 0, false],
    ] as const) {
      const running = atTerminal(['keys', 'revoke', id])
      await said(running, `Revoke precious (${id}) permanently? [y/N]`)
      running.child.stdin?.write(answer)
      expect([(await running.ended).code, await works()]).toEqual([code, lives])
    }
  })

  it.each([120, 100, 80, 60, 40])('sees tables that fit %i columns', async (columns) => {
    await app.apiKey({ name: `a rather long name of a key, 鍵, for ${columns} columns`, expiresIn: 'P12D' })
    const { code, out } = await atTerminal(['keys', 'list', '--status', 'active'], { columns }).ended
    expect(code).toBe(0)
    const lines = stripVTControlCharacters(out).split(/\r?\n/)
    for (const line of lines) expect(displayWidth(line), line).toBeLessThanOrEqual(columns)
    expect(out).toContain('in 12 days')
    expect(out).toMatch(/key_[0-9a-f]{32}/)
  })

  it('sees colours, and none with NO_COLOR', async () => {
    expect((await atTerminal(['keys', 'list']).ended).out).toContain('\u001b[1mID')
    expect((await atTerminal(['keys', 'list'], { env: { NO_COLOR: '1' } }).ended).out).not.toContain('\u001b')
    expect((await atTerminal(['keys', 'list'], { env: { TERM: 'dumb' } }).ended).out).not.toContain('\u001b')
  })

  it('sees the progress of long commands', async () => {
    const running = atTerminal(['audit', 'export'])
    const { code, out } = await running.ended
    expect(code).toBe(0)
    expect(stripVTControlCharacters(out)).toMatch(/\rExported \d+ of \d+/)
  })
})
