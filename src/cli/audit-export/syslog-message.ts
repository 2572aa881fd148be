import { kindOf, type Severity } from './event-kinds.ts'
import type { ExportedEvent, ExportSource } from './export-format.ts'

/** RFC 5424 table 1: log audit. */
const FACILITY = 13
/** RFC 5424 table 2: informational, notice, warning, error, critical. */
const SEVERITIES: Record<Severity, number> = { 1: 6, 2: 5, 3: 4, 4: 3, 5: 2 }

const printable = (text: string, length: number): string => text.replace(/[^\x21-\x7e]/g, '').slice(0, length) || '-'

/** RFC 5424 section 7.2.3: `swVersion` has at most 32 characters. Section 6.3.3: what is escaped in a value. */
const parameter = (text: string, length: number): string => printable(text, length).replace(/["\\\]]/g, '\\$&')

/**
 * A syslog message (RFC 5424) with a line of any format, framed by its length in bytes for TLS (RFC 5425 section 4.3). The
 * line has no byte order mark: programs that read CEF expect its first word at the beginning.
 */
export const syslogFrame = (event: ExportedEvent, line: string, source: ExportSource): Buffer => {
  const priority = FACILITY * 8 + SEVERITIES[kindOf(event.type).severity]
  const host = printable(source.server, 255)
  const origin = `[origin software="Keyturn" swVersion="${parameter(source.version, 32)}"]`
  const head = `<${priority}>1 ${event.occurredAt} ${host} keyturn - ${printable(event.type, 32)} ${origin}`
  const message = Buffer.from(`${head} ${line}`)
  return Buffer.concat([Buffer.from(`${message.length} `), message])
}
