import { type ExportItem, type ExportSink, positionOf } from './export-sink.ts'
import type { ExportPosition } from './export-state.ts'

/** Writes to standard output. Everything that the reader has taken counts as settled. */
export class StdoutSink implements ExportSink {
  private position: ExportPosition | null = null

  async write(items: readonly ExportItem[]): Promise<void> {
    const bytes = Buffer.concat(items.map((item) => item.bytes))
    await new Promise<void>((resolve, reject) =>
      process.stdout.write(bytes, (error) => (error == null ? resolve() : reject(error))),
    )
    this.position = positionOf(items) ?? this.position
  }

  settled(): ExportPosition | null {
    return this.position
  }

  async close(): Promise<void> {}
}
