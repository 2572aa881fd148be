import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** The core of what is measured, and the core of the load. */
export const SERVER_CORE = '0'
export const LOAD_CORE = '1'

const STOP_TIMEOUT_MS = 15_000
const START_TIMEOUT_MS = 120_000
const NANOSECONDS = 1e9

const running = new Set<ChildProcess>()
// Whatever fails, nothing that was started runs on.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

export interface ServerOptions {
  /** What the process prints when it can be used; its groups are in `match`. */
  readonly ready: RegExp
  readonly env?: Readonly<Record<string, string>>
  readonly input?: unknown
  /** Default: the core of what is measured. */
  readonly core?: string
}

/** Processor time of all threads of a process since its start, user and system, in seconds. */
export const cpuSecondsOf = (pid: number): number => {
  const folder = `/proc/${pid}/task`
  let nanoseconds = 0
  for (const thread of readdirSync(folder))
    nanoseconds += Number(readFileSync(`${folder}/${thread}/schedstat`, 'utf8').split(' ')[0])
  return nanoseconds / NANOSECONDS
}

/** A process on the server core with all its threads. It is suspended while it is not measured, so that it costs nothing. */
export class ServerProcess {
  readonly pid: number
  readonly lines: string[] = []
  private readonly child: ChildProcess

  private constructor(child: ChildProcess) {
    if (child.pid === undefined) throw new Error('The process did not start.')
    this.child = child
    this.pid = child.pid
  }

  /** Starts `node args...` and waits until it prints `ready`. */
  static async start(
    args: readonly string[],
    { ready, env = {}, input, core = SERVER_CORE }: ServerOptions,
  ): Promise<ServerProcess> {
    const child = spawn('taskset', ['-c', core, process.execPath, ...args], {
      env: { ...process.env, NODE_ENV: 'production', ...env },
      stdio: ['pipe', 'pipe', 'inherit', 'ipc'],
    })
    running.add(child)
    child.once('exit', () => running.delete(child))
    child.stdin?.end(input === undefined ? '' : JSON.stringify(input))
    const server = new ServerProcess(child)
    await server.readUntil(ready, args.join(' '))
    return server
  }

  private readUntil(ready: RegExp, name: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${name} did not start in time.`)), START_TIMEOUT_MS)
      this.child.once('exit', (code) => reject(new Error(`${name} exited with ${code}.`)))
      if (this.child.stdout === null) return reject(new Error('The process has no output.'))
      createInterface({ input: this.child.stdout }).on('line', (line) => {
        this.lines.push(line)
        if (!ready.test(line)) return
        clearTimeout(timer)
        resolve()
      })
    })
  }

  /** The first match in what the process has printed. */
  find(pattern: RegExp): string {
    for (const line of this.lines) {
      const match = pattern.exec(line)
      if (match !== null) return match[1] ?? match[0]
    }
    throw new Error(`The process did not print ${pattern}.`)
  }

  /** Asks a process that takes messages, and resolves with its answer. */
  ask<Answer>(message: object): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const gone = (code: number | null) => reject(new Error(`The process exited with ${code}.`))
      this.child.once('exit', gone)
      this.child.once('message', (answer: { readonly error?: string }) => {
        this.child.off('exit', gone)
        if (answer.error === undefined) resolve(answer as Answer)
        else reject(new Error(answer.error))
      })
      this.child.send(message)
    })
  }

  /** Processor time of all threads since the start, user and system, in seconds. */
  cpuSeconds(): number {
    return cpuSecondsOf(this.pid)
  }

  /** Resident memory in KiB. */
  residentKib(): number {
    return this.status('VmRSS')
  }

  /** The largest resident memory since the start, in KiB. */
  peakResidentKib(): number {
    return this.status('VmHWM')
  }

  private status(name: string): number {
    return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1])
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name)
  }

  pause(): void {
    this.child.kill('SIGSTOP')
  }

  resume(): void {
    this.child.kill('SIGCONT')
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    this.resume()
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_TIMEOUT_MS)
      this.child.once('exit', () => {
        clearTimeout(timer)
        resolve()
      })
      this.child.kill('SIGTERM')
    })
  }
}
