import { exportedEvent } from '../../audit-chain/exported-event.ts'
import { type LogSource, readLogPage } from './read-log-page.ts'

export interface LogExport {
  readonly blob: Blob
  readonly events: number
  /** Events some of whose details the person may not read: nobody can verify a file with them. */
  readonly withheld: number
}

/**
 * Reads events, oldest first, as NDJSON: one event a line, as `keyturn audit verify` reads it. Pages become parts of the
 * blob, which the browser may keep on disk.
 */
export const exportLog = async (source: LogSource, onProgress: (events: number) => void): Promise<LogExport> => {
  let blob = new Blob([], { type: 'application/x-ndjson' })
  let events = 0
  let withheld = 0
  for (let cursor: string | null = null; ; ) {
    const page = await readLogPage(source, cursor)
    source.signal.throwIfAborted()
    const lines = page.events.map((event) => `${JSON.stringify(exportedEvent(event))}\n`)
    blob = new Blob([blob, ...lines], { type: 'application/x-ndjson' })
    events += page.events.length
    withheld += page.events.filter(({ details }) => Array.isArray(details.withheld)).length
    onProgress(events)
    if (page.next === null) return { blob, events, withheld }
    cursor = page.next
  }
}

/** Gives the person a file. */
export const saveFile = (name: string, blob: Blob): void => {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
