import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { inject } from 'vitest'
import { endWithUs } from './end-with-us.ts'
import type { TestDatabase } from './engines.ts'

/** Not a secret: every test's server has it, so that a second start reads what the first one wrote. */
const MASTER_KEY = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
const READY = /serving at (http:\/\/\S+)\/graphql/
const START_TIMEOUT_MS = 90_000

/** The service as it is run: a process of its own, configured by its environment alone. */
export interface ServerProcess {
  readonly url: string
  readonly processId: number
  /** Everything that it printed so far. */
  output(): string
  /** The owner's key and organization, which the first start prints and no other. */
  readonly first: { readonly secret: string; readonly organizationId: string } | null
  signal(signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT' | 'SIGSTOP' | 'SIGCONT' | 'SIGUSR2'): void
  /** Ends it as a power cut would; resolves when it is gone. */
  kill(): Promise<void>
  /** Resolves when it has ended, with its exit code, or null where a signal ended it. */
  readonly exited: Promise<number | null>
}

/** The arguments of Node.js for a program of the compiled service: `bundle/main`, `cli/keyturn`, ... */
export const compiled = (program: string): string[] => [
  '--enable-source-maps',
  join(inject('serverBuild'), 'src', `${program}.js`),
]

export interface ProcessOptions {
  /** No file that it writes grows beyond this. */
  readonly largestFileBytes?: number
  /** `main` has each of its modules as a file of its own, so that another module can change one. Default: `bundle/main`. */
  readonly program?: 'bundle/main' | 'main'
}

const ULIMIT_BLOCK_BYTES = 1_024

/** The program and its arguments, behind a shell that sets the limits and becomes the program. */
const commandOf = ({ largestFileBytes, program = 'bundle/main' }: ProcessOptions): [string, string[]] => {
  if (largestFileBytes === undefined) return [process.execPath, compiled(program)]
  const blocks = Math.ceil(largestFileBytes / ULIMIT_BLOCK_BYTES)
  return ['bash', ['-c', `ulimit -f ${blocks}; exec "$0" "$@"`, process.execPath, ...compiled(program)]]
}

/** Runs the service with an environment; for starts that are meant to fail. */
export const spawnServer = (
  env: Record<string, string>,
  options: ProcessOptions = {},
): { child: ChildProcess; output: () => string } => {
  const { PATH = '', HOME = '', TMPDIR = '' } = process.env
  const child = spawn(...commandOf(options), {
    cwd: new URL('../..', import.meta.url),
    env: { PATH, HOME, TMPDIR, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  endWithUs(child)
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  return { child, output: () => Buffer.concat(chunks).toString() }
}

/** One issuer for all instances, and after each restart: the port differs each time. */
const ANY_PORT = { KEYTURN_PORT: '0', KEYTURN_PUBLIC_URL: 'http://127.0.0.1:0' }

/** Starts the service on a database and waits until it serves. */
export const startServer = async (
  database: TestDatabase,
  env: Record<string, string> = {},
  options: ProcessOptions = {},
): Promise<ServerProcess> => {
  const { child, output } = spawnServer(
    {
      ...(env.KEYTURN_PORT === undefined ? ANY_PORT : {}),
      KEYTURN_DATA_DIR: database.directory,
      KEYTURN_DATABASE_URL: database.url,
      KEYTURN_MASTER_KEY: MASTER_KEY,
      KEYTURN_LOG_LEVEL: 'warn',
      ...env,
    },
    options,
  )
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`The server did not start in time:\n${output()}`))
    }, START_TIMEOUT_MS)
    const look = () => {
      const [, address] = READY.exec(output()) ?? []
      if (address === undefined) return
      clearTimeout(timer)
      resolve(address)
    }
    child.stdout?.on('data', look)
    exited.then((code) => {
      clearTimeout(timer)
      reject(new Error(`The server ended with ${code} before it served:\n${output()}`))
    })
  })
  const [secret] = /kt_pk_[0-9A-Za-z]{49}/.exec(output()) ?? []
  const [organizationId] = /org_[0-9a-f]{32}/.exec(output()) ?? []
  return {
    url,
    processId: child.pid ?? 0,
    output,
    first: secret === undefined || organizationId === undefined ? null : { secret, organizationId },
    signal: (signal) => void child.kill(signal),
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
    exited,
  }
}
