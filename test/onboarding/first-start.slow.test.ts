import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ViewerDocument } from '../../src/generated/graphql.ts'
import { boot } from '../support/boot.ts'
import { ConsoleClient, cookieOf } from '../support/console.ts'
import { compiled, startServer } from '../support/server-process.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

describe('the first start', { timeout: 60_000 }, () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'keyturn-test-'))
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))

  const database = () => ({
    engine: 'sqlite' as const,
    url: `sqlite:${join(directory, 'keyturn.db')}`,
    directory,
    remove: async () => undefined,
  })

  const start = (port: number): Promise<{ code: number | null; output: string }> => {
    const child = spawn(process.execPath, compiled('bundle/main'), {
      cwd: ROOT,
      env: { KEYTURN_DATA_DIR: directory, KEYTURN_PORT: String(port), KEYTURN_LOG_LEVEL: 'error' },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })))
  }

  it("shows the owner's key although the port is taken, and the key is valid at the next start", async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { code, output } = await start((other.address() as AddressInfo).port)
    other.close()
    expect(code).toBe(1)
    expect(output).not.toContain('Keyturn is serving')
    const secret = /kt_pk_[0-9A-Za-z]{49}/.exec(output)?.[0] ?? ''
    const app = await boot({ database: database(), env: { KEYTURN_MASTER_KEY: '' } })
    try {
      expect(app.app.firstStart).toBeNull()
      expect((await app.anonymous.with(secret).run(ViewerDocument, {})).viewer.user?.name).toBe('owner')
      const open = readdirSync(directory).filter((name) => (statSync(join(directory, name)).mode & 0o077) !== 0)
      expect(open, 'files that others than their owner may read').toEqual([])
    } finally {
      await app.close()
    }
  })

  it('prints a link that signs the owner in at the console, once', async () => {
    const server = await startServer(database(), { KEYTURN_PUBLIC_URL: '' })
    try {
      const [, publicUrl, code = ''] = /(http:\S+)\/#first-start=([A-Za-z0-9_-]{43})\n/.exec(server.output()) ?? []
      expect(publicUrl).toBe(server.url)
      const post = () =>
        fetch(`${server.url}/session`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ code }),
        })
      const [first, second] = [await post(), await post()]
      expect([first.status, second.status]).toEqual([204, 401])
      const { pair } = cookieOf(first)
      const viewer = await new ConsoleClient(server.url, pair, server.url).run(ViewerDocument, {})
      expect(viewer.viewer.user?.email).toBe('owner@localhost')
      expect(readFileSync(join(directory, 'keyturn.db')).includes(code)).toBe(false)
    } finally {
      await server.kill()
    }
    const again = await startServer(database())
    expect(again.output()).not.toContain('first-start')
    await again.kill()
  })

  it('prints no link where the console is off', async () => {
    const server = await startServer(database(), { KEYTURN_CONSOLE: 'off' })
    expect(server.first?.secret).toMatch(/^kt_pk_/)
    expect(server.output()).not.toContain('first-start')
    await server.kill()
  })
})
