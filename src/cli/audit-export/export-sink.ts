import type { ExportPosition } from './export-state.ts'

/** An event to write. */
export interface ExportItem {
  readonly sequence: number
  readonly hash: string
  /** The line with its end, or the framed message. */
  readonly bytes: Buffer
}

/** The output of an export. */
export interface ExportSink {
  /** Writes events in order. Throws SinkLost if the receiver is gone and a new connection may help. */
  write(items: readonly ExportItem[]): Promise<void>
  /** The last event that was certainly delivered, or where a file begins; null if nothing is known yet. */
  settled(): ExportPosition | null
  /** Ends the output. Everything written is settled when this resolves. Throws SinkLost. */
  close(): Promise<void>
}

/** The receiver of the output is gone. Events that are not settled must be written again. */
export class SinkLost extends Error {
  override readonly name = 'SinkLost'
}

/** The position after the last of the items. */
export const positionOf = (items: readonly ExportItem[], bytes: number | null = null): ExportPosition | null => {
  const last = items.at(-1)
  return last === undefined ? null : { sequence: last.sequence, hash: last.hash, bytes }
}
