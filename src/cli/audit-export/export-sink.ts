import type { ExportPosition } from './export-state.ts'

/** An event that is to be written. */
export interface ExportItem {
  readonly sequence: number
  readonly hash: string
  /** The line with its end, or the framed message. */
  readonly bytes: Buffer
}

/** Where an export goes. */
export interface ExportSink {
  /** Writes events in order. Throws SinkLost where the other side has gone and a new connection may help. */
  write(items: readonly ExportItem[]): Promise<void>
  /** The last event that does not have to be written again; null where there is none yet. */
  settled(): ExportPosition | null
  /** Ends the output. What was written is settled when this resolves. Throws SinkLost. */
  close(): Promise<void>
}

/** The other side of the output has gone. What is not settled has to be written again. */
export class SinkLost extends Error {
  override readonly name = 'SinkLost'
}

/** The position after the last of the items. */
export const positionOf = (items: readonly ExportItem[], bytes: number | null = null): ExportPosition | null => {
  const last = items.at(-1)
  return last === undefined ? null : { sequence: last.sequence, hash: last.hash, bytes }
}
