import { OUT_OF_THE_WAY } from '../../support/boot.ts'
import type { TestDatabase } from '../../support/engines.ts'
import { freePort } from '../../support/free-port.ts'
import { type ServerProcess, startServer } from '../../support/server-process.ts'
import { pause } from './settings.ts'

const READY_TIMEOUT_MS = 60_000
/** A load balancer that polls `/readyz` notices by then that an instance is not to be used. */
const DRAIN_MS = 300

/** Instances of the service, each a process at an address that outlives its restarts. */
export class Instances {
  readonly urls: string[] = []
  secret = ''
  organizationId = ''
  private readonly servers: ServerProcess[] = []
  private readonly database: TestDatabase
  private readonly env: Record<string, string>[] = []

  constructor(database: TestDatabase) {
    this.database = database
  }

  async start(environments: readonly Record<string, string>[]): Promise<void> {
    for (const env of environments) {
      const port = String(await freePort())
      this.env.push({ ...OUT_OF_THE_WAY, ...env, KEYTURN_PORT: port, KEYTURN_TRUST_PROXY: '127.0.0.1' })
      this.urls.push(`http://127.0.0.1:${port}`)
      await this.launch(this.env.length - 1)
    }
  }

  signal(index: number, signal: Parameters<ServerProcess['signal']>[0]): void {
    this.servers[index]?.signal(signal)
  }

  async kill(index: number): Promise<void> {
    await this.servers[index]?.kill()
  }

  async launch(index: number): Promise<void> {
    const server = await startServer(this.database, this.env[index])
    this.servers[index] = server
    if (server.first === null) return
    this.secret = server.first.secret
    this.organizationId = server.first.organizationId
  }

  /** Stops it as an operator does, and starts it again. Returns the exit code. */
  async restart(index: number): Promise<number | null> {
    this.signal(index, 'SIGTERM')
    const code = await this.servers[index]?.exited
    await this.launch(index)
    await this.untilReady([index])
    await pause(DRAIN_MS)
    return code ?? null
  }

  /** Resolves when instances are ready, all by default. */
  async untilReady(indices: readonly number[] = this.urls.map((_, index) => index)): Promise<void> {
    const end = performance.now() + READY_TIMEOUT_MS
    for (const index of indices)
      while (!(await this.isReady(index))) {
        if (performance.now() > end)
          throw new Error(`Instance ${index} is not ready:\n${this.servers[index]?.output().slice(-4_000)}`)
        await pause(50)
      }
  }

  async close(): Promise<void> {
    for (const [index] of this.servers.entries()) this.signal(index, 'SIGCONT')
    await Promise.all(this.servers.map((server) => server.kill()))
  }

  private async isReady(index: number): Promise<boolean> {
    try {
      return (await fetch(`${this.urls[index]}/readyz`, { signal: AbortSignal.timeout(2_000) })).status === 200
    } catch {
      return false
    }
  }
}
