import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Contestant, ServerCommand, ServerReport } from './live-server-messages.ts'

type ReportOf<Kind extends ServerReport['kind']> = Extract<ServerReport, { kind: Kind }>

/** A server of WebSockets in a process of its own, so that its memory and its processor time are its own. */
export class LiveServerProcess {
  private readonly child: ChildProcess

  constructor(contestant: Contestant, options: readonly string[]) {
    const file = fileURLToPath(new URL('live-server.ts', import.meta.url))
    this.child = fork(file, [contestant, ...options], { execArgv: ['--expose-gc', '--import', 'tsx'] })
  }

  /** Sends a command, and resolves with the report that answers it. */
  ask<Kind extends ServerReport['kind']>(command: ServerCommand, kind: Kind): Promise<ReportOf<Kind>> {
    const answer = this.next(kind)
    this.child.send(command)
    return answer
  }

  /** The next report of a kind. Rejects if the server exits instead. */
  next<Kind extends ServerReport['kind']>(kind: Kind): Promise<ReportOf<Kind>> {
    return new Promise((resolve, reject) => {
      const take = (report: ServerReport) => {
        if (report.kind !== kind) return
        this.child.off('message', take)
        this.child.off('exit', gone)
        resolve(report as ReportOf<Kind>)
      }
      const gone = (code: number | null) => reject(new Error(`The server exited with ${code}.`))
      this.child.on('message', take).on('exit', gone)
    })
  }

  end(): void {
    if (this.child.connected) this.child.disconnect()
  }
}
