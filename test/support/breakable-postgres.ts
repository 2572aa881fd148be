import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { overLine } from './behind-proxy.ts'
import { openLine } from './cut-line.ts'
import { endWithUs } from './end-with-us.ts'
import { createDatabase, type TestDatabase } from './engines.ts'
import { freePort } from './free-port.ts'

/** A PostgreSQL database that a test can break, and that is nobody else's. */
export interface BreakablePostgres {
  /** What is broken: a server of the test's own, or the line to the shared one. */
  readonly kind: 'own server' | 'line'
  readonly database: TestDatabase
  /** Ends every connection to the database. */
  cutConnections(): Promise<void>
  /** Ends the server as a crash does, or the line to it. */
  stop(): Promise<void>
  start(): Promise<void>
  /** From here on nothing is answered, on open connections and on new ones. */
  freeze(): void
  thaw(): void
  close(): Promise<void>
}

const START_ATTEMPTS = 500
const POSTGRES_PORT = 5432

const cutConnections = async (url: string): Promise<void> => {
  const client = new Client(url)
  await client.connect()
  await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  )
  await client.end()
}

/** PostgreSQL refuses to run as root: a user to run it as, where this is root. */
const userToRunAs = (): { readonly uid: number; readonly gid: number } | null => {
  if (process.getuid?.() !== 0) return null
  const idOf = (option: string) => {
    const { status, stdout } = spawnSync('id', [option, 'postgres'], { encoding: 'utf8' })
    return status === 0 ? Number(stdout) : 65_534
  }
  return { uid: idOf('-u'), gid: idOf('-g') }
}

/** Whether PostgreSQL is installed, so that a test can start and crash one. */
export const ownPostgresRuns = ['initdb', 'postgres'].every((program) => spawnSync(program, ['--version']).status === 0)

/** The process ids of a server and of its children. */
const familyOf = (pid: number): number[] => [
  pid,
  ...readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
]

const startOwn = async (): Promise<BreakablePostgres> => {
  const directory = mkdtempSync(join(tmpdir(), 'keyturn-postgres-'))
  const user = userToRunAs()
  if (user !== null) chownSync(directory, user.uid, user.gid)
  const as = { cwd: directory, ...(user ?? {}) }
  const data = join(directory, 'data')
  execFileSync('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync'], { ...as, stdio: 'ignore' })
  const port = await freePort()
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const settings = {
    ...{ port, listen_addresses: '127.0.0.1', unix_socket_directories: directory },
    // It survives the end of its processes, which is all that happens to it here.
    fsync: 'off',
    // What no commit has written is still in its memory when it crashes.
    wal_writer_delay: '10s',
  }
  let server: ChildProcess | null = null
  let frozen: number[] = []
  const signal = (pids: readonly number[], name: NodeJS.Signals) => {
    for (const pid of pids)
      try {
        process.kill(pid, name)
      } catch (error) {
        // A connection's process may have ended meanwhile.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
      }
  }
  const thaw = () => signal(frozen.splice(0), 'SIGCONT')
  const answers = async () => {
    const client = new Client(url)
    client.on('error', () => undefined)
    try {
      await client.connect()
      await client.end()
      return true
    } catch {
      return false
    }
  }
  const start = async () => {
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    server = spawn('postgres', ['-D', data, ...options], { ...as, stdio: 'ignore' })
    endWithUs(server)
    for (let attempt = 0; !(await answers()); attempt += 1) {
      if (attempt === START_ATTEMPTS || server.exitCode !== null) throw new Error('PostgreSQL did not start.')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  const stop = async () => {
    if (server === null || server.exitCode !== null || server.signalCode !== null) return
    const exited = once(server, 'exit')
    // An immediate shutdown: connections break, and the next start recovers.
    server.kill('SIGQUIT')
    await exited
  }
  await start()
  process.once('exit', thaw)
  return {
    kind: 'own server',
    database: { engine: 'postgres', url, directory, remove: async () => undefined },
    cutConnections: () => cutConnections(url),
    stop,
    start,
    freeze: () => {
      frozen = familyOf(server?.pid ?? 0)
      signal(frozen, 'SIGSTOP')
    },
    thaw,
    close: async () => {
      thaw()
      process.off('exit', thaw)
      await stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

const openShared = async (): Promise<BreakablePostgres> => {
  const [shared, line] = [await createDatabase('postgres'), await openLine(POSTGRES_PORT)]
  return {
    kind: 'line',
    database: overLine(shared, line),
    cutConnections: () => cutConnections(shared.url),
    stop: async () => line.cut(),
    start: async () => line.restore(),
    freeze: () => line.silence(),
    thaw: () => line.restore(),
    close: async () => {
      await line.close()
      await shared.remove()
    },
  }
}

/** Starts a PostgreSQL of the test's own where it is installed; otherwise a database of the shared one, over a line. */
export const openBreakablePostgres = (): Promise<BreakablePostgres> => (ownPostgresRuns ? startOwn() : openShared())
