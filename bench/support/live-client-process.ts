import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { LiveCommand, LiveReport } from './live-messages.ts'

type ReportOf<Kind extends LiveReport['kind']> = Extract<LiveReport, { kind: Kind }>

/** A process of clients, so that the server's processor time is its own. */
export class LiveClientProcess {
  private readonly child: ChildProcess

  constructor() {
    const file = fileURLToPath(new URL('live-clients.ts', import.meta.url))
    this.child = fork(file, { execArgv: ['--import', 'tsx'] })
  }

  send(command: LiveCommand): void {
    this.child.send(command)
  }

  /** The next report of a kind. Rejects where the clients failed instead. */
  next<Kind extends LiveReport['kind']>(kind: Kind): Promise<ReportOf<Kind>> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        this.child.off('message', take)
        this.child.off('exit', gone)
        act()
      }
      const take = (report: LiveReport) => {
        if (report.kind === 'failed') settle(() => reject(new Error(report.reason)))
        else if (report.kind === kind) settle(() => resolve(report as ReportOf<Kind>))
      }
      const gone = () => settle(() => reject(new Error('The clients exited.')))
      this.child.on('message', take).on('exit', gone)
    })
  }

  end(): void {
    if (this.child.connected) this.child.disconnect()
  }
}
