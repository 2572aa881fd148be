import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { endWithUs } from './end-with-us.ts'
import type { TestDatabase } from './engines.ts'

/** The service in a process of its own, that a test can kill. */
export interface ChildServer {
  readonly url: string
  /** What it printed so far, line by line. */
  readonly printed: readonly string[]
  /** Ends it as a power cut would; resolves when it is gone. */
  kill(): Promise<void>
}

const MASTER_KEY = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
const SERVING = /^Keyturn is serving at (http:\/\/[^/]+)\/graphql/

/** Starts `src/main.ts` on a database; resolves when it serves. */
export const startServer = async (database: TestDatabase): Promise<ChildServer> => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      KEYTURN_PORT: '0',
      KEYTURN_DATA_DIR: database.directory,
      KEYTURN_DATABASE_URL: database.url,
      KEYTURN_MASTER_KEY: MASTER_KEY,
    },
  })
  endWithUs(child)
  const printed: string[] = []
  const url = await announced(child, printed)
  return {
    url,
    printed,
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

const announced = (child: ChildProcess, printed: string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}:\n${printed.join('\n')}`)))
    if (child.stdout === null) return reject(new Error('The server prints nowhere.'))
    createInterface({ input: child.stdout }).on('line', (line) => {
      printed.push(line)
      const [, url] = SERVING.exec(line) ?? []
      if (url !== undefined) resolve(url)
    })
  })
