import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A server for the demo, in its own process with its own data directory. */
export interface DemoServer {
  readonly url: string
  readonly pid: number
  /** The data directory. */
  readonly directory: string
  readonly organizationId: string
  readonly ownerSecret: string
  /** Rejects if the server exits before `stop`. */
  readonly lost: Promise<never>
  /** Stops the server and removes its data. */
  stop(): Promise<void>
}

const START_TIMEOUT_MS = 20_000
const STOP_TIMEOUT_MS = 5_000

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const MAIN = fileURLToPath(new URL(`../../main${extname(import.meta.url)}`, import.meta.url))

/** Parses the output of a first start; null while it is incomplete. */
const announcementIn = (output: string) => {
  const url = /serving at (http:\S+)\/graphql/.exec(output)?.[1]
  const ownerSecret = /^ {2}(kt_pk_\w+)$/m.exec(output)?.[1]
  const organizationId = /^Organization: (org_\w+)$/m.exec(output)?.[1]
  if (url === undefined || ownerSecret === undefined || organizationId === undefined) return null
  return { url, ownerSecret, organizationId }
}

/** Waits for the output of a first start. Rejects if the server exits, exceeds the timeout, or the start is aborted. */
const announcement = (child: ChildProcess, lost: Promise<never>, signal: AbortSignal) => {
  const announced = new Promise<NonNullable<ReturnType<typeof announcementIn>>>((resolve, reject) => {
    let output = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text
      const found = announcementIn(output)
      if (found !== null) resolve(found)
    })
    const giveUp = () => reject(signal.reason ?? new Error(`The server did not start within ${START_TIMEOUT_MS} ms.`))
    signal.addEventListener('abort', giveUp, { once: true })
    setTimeout(giveUp, START_TIMEOUT_MS).unref()
  })
  return Promise.race([announced, lost])
}

/**
 * Starts `src/main.ts` on an empty temporary directory and a free port. Cleans up if it throws.
 *
 * @param signal aborts the start
 */
export const startServer = async (signal: AbortSignal): Promise<DemoServer> => {
  signal.throwIfAborted()
  const directory = mkdtempSync(join(tmpdir(), 'keyturn-demo-'))
  // Do not inherit the environment: it may contain the database of the user's own server.
  const child = spawn(process.execPath, [...process.execArgv, MAIN], {
    cwd: ROOT,
    env: { KEYTURN_PORT: '0', KEYTURN_DATA_DIR: directory, KEYTURN_LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stderrText = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderrText = (stderrText + text).slice(-4_000)
  })
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  let stopping = false
  const lost = new Promise<never>((_, reject) => {
    ended.then(() => {
      if (!stopping) reject(new Error(`The server exited before the demo ended. ${stderrText.trim()}`.trim()))
    })
  })
  lost.catch(() => undefined)
  // Clean up at any exit of the demo, also after an unexpected error.
  const cleanUp = () => {
    child.kill('SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  }
  process.once('exit', cleanUp)
  const stop = async () => {
    stopping = true
    child.kill('SIGTERM')
    const killTimer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
    await ended
    clearTimeout(killTimer)
    process.off('exit', cleanUp)
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    const announced = await announcement(child, lost, signal)
    return { ...announced, pid: child.pid ?? 0, directory, lost, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
