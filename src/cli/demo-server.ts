import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A Keyturn that runs for the demo alone, as a process of its own on a data directory of its own. */
export interface DemoServer {
  readonly url: string
  readonly pid: number
  /** Where its data is while it runs. */
  readonly directory: string
  readonly organizationId: string
  readonly ownerSecret: string
  /** Rejects where the server ends before it was stopped. */
  readonly lost: Promise<never>
  /** Stops the server and removes its data. */
  stop(): Promise<void>
}

const START_TIMEOUT_MS = 20_000
const STOP_TIMEOUT_MS = 5_000

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const MAIN = fileURLToPath(new URL(`../main${extname(import.meta.url)}`, import.meta.url))

/** What a first start prints, once it is all there. */
const announcementIn = (output: string) => {
  const url = /serving at (http:\S+)\/graphql/.exec(output)?.[1]
  const ownerSecret = /^ {2}(kt_pk_\w+)$/m.exec(output)?.[1]
  const organizationId = /^Organization: (org_\w+)$/m.exec(output)?.[1]
  if (url === undefined || ownerSecret === undefined || organizationId === undefined) return null
  return { url, ownerSecret, organizationId }
}

/** The announcement of a server that starts; rejects where it ends, takes too long or is not wanted any more. */
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
 * Starts `src/main.ts` on an empty temporary directory and a free port. Where it throws, nothing is left behind.
 *
 * @param signal aborts the start
 */
export const startServer = async (signal: AbortSignal): Promise<DemoServer> => {
  signal.throwIfAborted()
  const directory = mkdtempSync(join(tmpdir(), 'keyturn-demo-'))
  // The environment is this alone: a setting of the user's own server must not lead the demo to that one's database.
  const child = spawn(process.execPath, [...process.execArgv, MAIN], {
    cwd: ROOT,
    env: { KEYTURN_PORT: '0', KEYTURN_DATA_DIR: directory, KEYTURN_LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4_000)
  })
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  let stopping = false
  const lost = new Promise<never>((_, reject) => {
    ended.then(() => {
      if (!stopping) reject(new Error(`The server ended before the demo did. ${complaints.trim()}`.trim()))
    })
  })
  lost.catch(() => undefined)
  // Whatever ends the demo, also what nobody thought of.
  const sweep = () => {
    child.kill('SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  }
  process.once('exit', sweep)
  const stop = async () => {
    stopping = true
    child.kill('SIGTERM')
    const cut = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
    await ended
    clearTimeout(cut)
    process.off('exit', sweep)
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
