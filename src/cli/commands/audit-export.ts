import { AuditHeadDocument } from '../../generated/graphql.ts'
import type { ExportedEvent, ExportSource } from '../audit-export/export-format.ts'
import { exportLog } from '../audit-export/export-log.ts'
import { type ExportSink, SinkLost } from '../audit-export/export-sink.ts'
import { type ExportPosition, ExportState } from '../audit-export/export-state.ts'
import { FileSink } from '../audit-export/file-sink.ts'
import { type ExportFormat, LINE_OF } from '../audit-export/formats.ts'
import { StdoutSink } from '../audit-export/stdout-sink.ts'
import { syslogFrame } from '../audit-export/syslog-message.ts'
import { SyslogSink, type SyslogTarget, syslogTarget } from '../audit-export/syslog-sink.ts'
import { failed, wrongUsage } from '../command-error.ts'
import type { GlobalOptions } from '../options.ts'
import { withSession } from '../session/session.ts'
import { stopSignal } from '../session/stop-signal.ts'
import { Progress } from '../terminal/progress.ts'
import { readVersion } from '../version.ts'
import { PAGE_SIZE } from './pages.ts'

interface ExportOptions extends GlobalOptions {
  readonly format?: ExportFormat
  readonly follow?: boolean
  readonly after?: number
  readonly state?: string
  readonly output?: string
  readonly syslog?: string
  readonly ca?: string
}

/**
 * Writes the audit log, one event a line, oldest first: to standard output, a file or a syslog receiver. With --follow it goes
 * on with what happens until it is interrupted.
 */
export const exportEvents = (options: ExportOptions): Promise<void> =>
  withSession(options, async (session) => {
    const { client, output, connection } = session
    const target = options.syslog === undefined ? null : syslogTarget(options.syslog, options.ca)
    if (target !== null && options.output !== undefined) throw wrongUsage('Choose either --output or --syslog.')
    if (target === null && options.ca !== undefined) throw wrongUsage('--ca is for --syslog.')
    const follow = options.follow ?? false
    const signal = stopSignal()
    const { id: organizationId } = await session.organization()
    const state = options.state === undefined ? null : new ExportState(options.state, organizationId)
    const start = state?.read() ?? startAfter(options.after)
    const progress = follow ? null : new Progress('Exported', await headOf(session, organizationId))
    const line = lineOf(options, target, { server: new URL(connection.server).hostname, version: readVersion() })
    try {
      const last = await exportLog(
        {
          client,
          organizationId,
          pageSize: PAGE_SIZE,
          follow,
          signal,
          open: (position) => openSink(options, target, position),
          bytesOf: line,
          onSettled: (position) => state?.save(position),
          onNote: (note) => output.note(note),
          onProgress: (sequence) => progress?.update(sequence),
        },
        start,
      )
      if (follow && state === null) output.note(`Continue with --after ${last?.sequence ?? 0}.`)
    } catch (error) {
      throw error instanceof SinkLost ? failed(`${error.message}.`) : error
    } finally {
      progress?.end()
    }
  })

const startAfter = (sequence: number | undefined): ExportPosition | null =>
  sequence === undefined ? null : { sequence, hash: null, bytes: null }

const headOf = async ({ client }: Parameters<Parameters<typeof withSession>[1]>[0], organizationId: string) => {
  const { organization } = await client.execute(AuditHeadDocument, { organizationId })
  return organization?.auditEvents?.edges[0]?.node.sequence ?? 0
}

const lineOf = ({ format }: ExportOptions, target: SyslogTarget | null, source: ExportSource) => {
  const lineOfEvent = LINE_OF[format ?? (target === null ? 'ndjson' : 'cef')]
  return (event: ExportedEvent): Buffer => {
    const line = lineOfEvent(event, source)
    return target === null ? Buffer.from(`${line}\n`) : syslogFrame(event, line, source)
  }
}

const openSink = async (
  { output }: ExportOptions,
  target: SyslogTarget | null,
  position: ExportPosition | null,
): Promise<ExportSink> => {
  if (target !== null) return SyslogSink.open(target)
  return output === undefined ? new StdoutSink() : FileSink.open(output, position)
}
