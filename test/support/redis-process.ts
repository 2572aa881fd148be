import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endWithUs } from './end-with-us.ts'
import { freePort } from './free-port.ts'

const START_ATTEMPTS = 500

/** A Redis of a test's own, which the test can suspend and stop. */
export interface RedisProcess {
  readonly url: string
  /** Suspends it: connections stay open, and nothing is answered. */
  freeze(): void
  thaw(): void
  /** Ends it at once. */
  stop(): Promise<void>
  /** Starts it again on the same port, empty. */
  start(): Promise<void>
  close(): Promise<void>
}

const isInstalled = spawnSync('redis-server', ['--version']).status === 0
if (!isInstalled && process.env.CI === 'true') throw new Error('redis-server is missing, and CI must test with it.')
if (!isInstalled) console.warn('\n!!! redis-server is missing: the suites that need one of their own are SKIPPED.\n')

/** Whether a test can have a Redis of its own. Without, such tests are skipped with a warning, and in CI they fail. */
export const ownRedisRuns = isInstalled

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port })
    const settle = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => settle(true))
    socket.once('error', () => settle(false))
  })

/** Starts a Redis on a free port that stores nothing. */
export const startRedis = async (): Promise<RedisProcess> => {
  const directory = mkdtempSync(join(tmpdir(), 'keyturn-redis-'))
  const port = await freePort()
  let child: ChildProcess | null = null
  const start = async () => {
    const options = { port, bind: '127.0.0.1', save: '', appendonly: 'no', dir: directory }
    child = spawn(
      'redis-server',
      Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
      { stdio: 'ignore' },
    )
    endWithUs(child)
    for (let attempt = 0; !(await accepts(port)); attempt += 1) {
      if (attempt === START_ATTEMPTS || child.exitCode !== null) throw new Error('redis-server did not start.')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  const stop = async () => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    stop,
    start,
    close: async () => {
      await stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
