import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { CreateApiKeyDocument, ViewerDocument } from '../../src/generated/graphql.ts'
import { TestClient } from '../support/client.ts'
import { CLONE_SOURCES } from '../support/clone-sources.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PATIENCE = { timeout: 120_000, interval: 50 }

describe('npm start in a clone, without settings', { timeout: 2 * PATIENCE.timeout }, () => {
  let clone: string
  const groups: number[] = []
  beforeAll(() => {
    clone = mkdtempSync(join(tmpdir(), 'keyturn-clone-'))
    for (const name of CLONE_SOURCES) cpSync(join(ROOT, name), join(clone, name), { recursive: true })
    symlinkSync(realpathSync(join(ROOT, 'node_modules')), join(clone, 'node_modules'))
  })
  afterAll(() => {
    for (const group of groups) {
      try {
        process.kill(-group, 'SIGKILL')
      } catch {
        // It has ended, as it should.
      }
    }
    rmSync(clone, { recursive: true, force: true })
  })

  const start = async () => {
    const { PATH = '', HOME = '' } = process.env
    // The port alone: the one that it would take may be somebody else's on this machine.
    const env = { PATH, HOME, KEYTURN_PORT: '0', npm_config_update_notifier: 'false' }
    const child = spawn('npm', ['start'], { cwd: clone, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    if (child.pid !== undefined) groups.push(child.pid)
    let printed = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text
      })
    const exited = once(child, 'close').then(([code]) => code as number | null)
    await vi.waitFor(() => expect(printed).toMatch(/serving at http\S+\/graphql \(GraphiQL in a browser\)/), PATIENCE)
    return {
      url: /serving at (http\S+)\/graphql/.exec(printed)?.[1] ?? '',
      secrets: printed.match(/kt_[ap]k_[0-9A-Za-z]{49}/g) ?? [],
      organizationId: /org_[0-9a-f]{32}/.exec(printed)?.[0] ?? '',
      output: () => printed,
      stop: async () => {
        // To npm, as a supervisor would: it hands the signal on.
        child.kill('SIGTERM')
        return exited
      },
    }
  }

  it('builds, creates what it needs, shows the key once, serves, and keeps everything at the next start', async () => {
    const first = await start()
    const [secret = '', ...more] = first.secrets
    expect(more).toEqual([])
    const { organizationId } = first
    const owner = new TestClient(first.url, secret)
    expect((await owner.run(ViewerDocument, {})).viewer).toMatchObject({
      user: { email: 'owner@localhost' },
      organizations: [{ id: organizationId, name: 'Default' }],
    })
    await owner.run(CreateApiKeyDocument, { input: { organizationId, name: 'kept', grants: [] } })
    const page = await fetch(`${first.url}/graphql`, { headers: { accept: 'text/html' } })
    expect(page.headers.get('content-type')).toMatch(/^text\/html/)
    // Whole, with all that it needs: it loads nothing from elsewhere.
    const html = await page.text()
    expect(html.slice(0, 1_000)).toContain('<title>Keyturn</title>')
    expect(html.length).toBeGreaterThan(1_000_000)
    expect(existsSync(join(clone, 'data', 'keyturn.db'))).toBe(true)
    expect(await first.stop()).toBe(0)

    expect(first.output()).toMatch(/\btsc\b/)
    const second = await start()
    expect(second.output(), 'nothing has changed that would have to be built').not.toMatch(/\btsc\b/)
    expect(second.secrets).toEqual([])
    const taken = await new TestClient(second.url, secret).fail(CreateApiKeyDocument, {
      input: { organizationId, name: 'kept', grants: [] },
    })
    expect(taken.extensions.code).toBe('CONFLICT')
    expect(await second.stop()).toBe(0)
    for (const { output } of [first, second])
      expect(output(), 'warnings').not.toMatch(/\bwarn(?:ing)?\b|deprecat|experimental/i)
  })
})
