import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { compiled } from '../support/server-process.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const LONGEST_MS = 30_000

interface Run {
  readonly process: ChildProcess
  /** All that was printed so far. */
  output(): string
  /** Exit code, and how long it took. */
  readonly ended: Promise<{ readonly code: number | null; readonly milliseconds: number }>
}

describe('the demo', { timeout: 2 * LONGEST_MS }, () => {
  const runs: Run[] = []
  afterEach(() => {
    for (const run of runs.splice(0)) run.process.kill('SIGTERM')
  })

  const start = (command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Run => {
    const began = Date.now()
    const child = spawn(command, args, { cwd: ROOT, env: { ...process.env, ...env } })
    let printed = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text
      })
    const ended = new Promise<{ code: number | null; milliseconds: number }>((resolve) => {
      child.once('close', (code) => resolve({ code, milliseconds: Date.now() - began }))
    })
    const run = { process: child, output: () => printed, ended }
    runs.push(run)
    return run
  }
  const startDemo = () => start(process.execPath, compiled('cli/demo/demo'))

  /** The server that a demo has started, and where its data is. */
  const serverOf = async (run: Run): Promise<{ pid: number; directory: string }> => {
    const line = /\(process (\d+), on an empty database in (\S+)\)/
    await vi.waitFor(() => expect(run.output()).toMatch(line), { timeout: LONGEST_MS, interval: 20 })
    const [, pid, directory] = line.exec(run.output()) ?? []
    return { pid: Number(pid), directory: String(directory) }
  }
  const isAlive = (pid: number): boolean => {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  }
  const expectNothingLeft = ({ pid, directory }: { pid: number; directory: string }) => {
    expect(isAlive(pid)).toBe(false)
    expect(existsSync(directory)).toBe(false)
  }

  it('shows the whole life of a key within 30 seconds, and leaves nothing behind', async () => {
    // Settings of the user's own server are none of the demo's business.
    const run = start('npm', ['run', '--silent', 'demo'], { KEYTURN_PORT: '1', KEYTURN_DATA_DIR: '/nowhere' })
    const { code, milliseconds } = await run.ended
    const output = run.output()
    expect(output).toContain('Every step has the expected result')
    expect(code).toBe(0)
    expect(milliseconds).toBeLessThan(LONGEST_MS)
    for (const line of [
      /createApiKey +nightly-deploy, key_[0-9a-f]{32}/,
      /expires in 4 s \(received \d{1,3} ms after it was due\)/,
      /expires in 2 s \(received \d{1,3} ms after it was due\)/,
      /old secret +valid/,
      /new secret +valid/,
      /received live +KEY_ROTATED/,
      /old secret +rejected: HTTP 401, UNAUTHENTICATED/,
      /new secret +rejected: HTTP 401, UNAUTHENTICATED/,
      /KEY_EXPIRY_WARNING +Keyturn +nightly-deploy/,
      /KEY_REVOKED +owner +nightly-deploy/,
      /computed by the client +intact/,
      /auditVerification +intact/,
      /with one name forged +broken at number \d+/,
    ])
      expect(output).toMatch(line)
    expect(output, 'no secret is printed whole').not.toMatch(/kt_(ak|pk)_[0-9A-Za-z]{49}/)
    expect(output, 'no colours but on a terminal').not.toContain('\u001b')
    expectNothingLeft(await serverOf(run))
  })

  it('fails with a message if the server stops meanwhile', async () => {
    const run = startDemo()
    const server = await serverOf(run)
    process.kill(server.pid, 'SIGKILL')
    expect((await run.ended).code).toBe(1)
    expect(run.output()).toContain('The server exited before the demo ended.')
    expect(run.output()).not.toContain('Every step has the expected result')
    expectNothingLeft(server)
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('stops its server and removes its data on %s', async (signal, expected) => {
    const run = startDemo()
    const server = await serverOf(run)
    expect(isAlive(server.pid)).toBe(true)
    expect(existsSync(server.directory)).toBe(true)
    run.process.kill(signal)
    expect((await run.ended).code).toBe(expected)
    expectNothingLeft(server)
  })
})
