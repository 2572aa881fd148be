import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { KeyEventsDocument } from '../../src/generated/graphql.ts'
import { TestClient } from '../support/client.ts'
import { CLONE_SOURCES } from '../support/clone-sources.ts'
import { endWithUs } from '../support/end-with-us.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PATIENCE = { timeout: 120_000, interval: 50 }
const IN_A_NAMESPACE = ['--pid', '--fork', '--mount-proc', '--kill-child']
const namespaces = spawnSync('unshare', [...IN_A_NAMESPACE, 'true']).status === 0

/** The first child of a process. */
const childOf = ({ pid }: ChildProcess): number =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0])

describe('a service that is stopped by its parent process', { timeout: 2 * PATIENCE.timeout }, () => {
  let copy: string
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'keyturn-supervised-'))
    for (const name of CLONE_SOURCES) cpSync(join(ROOT, name), join(copy, name), { recursive: true })
    symlinkSync(realpathSync(join(ROOT, 'node_modules')), join(copy, 'node_modules'))
  })
  afterAll(() => rmSync(copy, { recursive: true, force: true }))

  const start = async (command: string, args: readonly string[]) => {
    const { PATH = '', HOME = '' } = process.env
    const env = {
      PATH,
      HOME,
      KEYTURN_PORT: '0',
      KEYTURN_DATA_DIR: mkdtempSync(join(copy, 'data-')),
      npm_config_update_notifier: 'false',
    }
    const child = spawn(command, args, { cwd: copy, env, stdio: ['ignore', 'pipe', 'pipe'] })
    endWithUs(child)
    let printed = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text
      })
    const exited = once(child, 'exit')
    await vi.waitFor(() => expect(printed).toMatch(/serving at http\S+\/graphql/), PATIENCE)
    const url = /serving at (http\S+)\/graphql/.exec(printed)?.[1] ?? ''
    const owner = new TestClient(url, /kt_pk_[0-9A-Za-z]{49}/.exec(printed)?.[0] ?? '')
    const organizationId = /org_[0-9a-f]{32}/.exec(printed)?.[0] ?? ''
    // From the start of the history, so that it has something to say as soon as it is live.
    const socket = await owner.subscribe(KeyEventsDocument, { organizationId, after: 0 })
    await socket.results.take(10_000)
    return { child, url, exited, ended: socket.ended }
  }
  type Started = Awaited<ReturnType<typeof start>>

  const expectDrained = async ({ url, exited, ended }: Started) => {
    expect(await ended.take(10_000)).toMatchObject({ code: 1012 })
    expect(await exited).toEqual([0, null])
    await expect(fetch(`${url}/healthz`)).rejects.toThrow()
  }

  it('by npm, with SIGTERM: drains, frees its port, and npm exits with 0', async () => {
    const started = await start('npm', ['start'])
    started.child.kill('SIGTERM')
    await expectDrained(started)
  })

  it('by npm, with SIGINT and then SIGTERM: drains despite the second signal', async () => {
    const started = await start('npm', ['start'])
    started.child.kill('SIGINT')
    started.child.kill('SIGTERM')
    await expectDrained(started)
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('by a supervisor, with %s: drains and exits with 0', async (signal) => {
    const started = await start(process.execPath, ['dist/src/bundle/main.js'])
    started.child.kill(signal)
    await expectDrained(started)
  })

  it.runIf(namespaces).each([
    ['node', [process.execPath, 'dist/src/bundle/main.js']],
    ['npm', ['npm', 'start']],
  ])('as process 1 (%s), with SIGTERM: drains and exits with 0', async (_name, command) => {
    const started = await start('unshare', [...IN_A_NAMESPACE, ...command])
    process.kill(childOf(started.child), 'SIGTERM')
    await expectDrained(started)
  })
})
