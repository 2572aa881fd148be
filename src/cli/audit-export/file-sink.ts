import { type FileHandle, open } from 'node:fs/promises'
import { failed } from '../command-error.ts'
import { type ExportItem, type ExportSink, positionOf } from './export-sink.ts'
import type { ExportPosition } from './export-state.ts'

const BEGINNING: ExportPosition = { sequence: 0, hash: null, bytes: 0 }

/**
 * Appends to a file and syncs it. When the file is opened, everything after the stored position is truncated, so that no line
 * is lost or duplicated if the program was killed.
 */
export class FileSink implements ExportSink {
  private readonly file: FileHandle
  private size: number
  private position: ExportPosition

  private constructor(file: FileHandle, position: ExportPosition, size: number) {
    this.file = file
    this.position = { ...position, bytes: size }
    this.size = size
  }

  /** Opens the file at a position. Throws CommandError if the file does not match the position. */
  static async open(path: string, position: ExportPosition | null): Promise<FileSink> {
    const file = await open(path, 'a', 0o600).catch((error: Error) => {
      throw failed(`The file ${path} cannot be written: ${error.message}`)
    })
    const { size } = await file.stat()
    const expected = position?.bytes ?? null
    if (expected === null && size > 0 && position === null) {
      await file.close()
      throw failed(`${path} has content already: continue it with --state or --after, or name another file.`)
    }
    // An empty file is a new one: the old one was rotated.
    if (expected !== null && size > 0) {
      if (size < expected) {
        await file.close()
        throw failed(`${path} is shorter than the state file says: move it away, or remove the state file.`)
      }
      await file.truncate(expected)
    }
    return new FileSink(file, position ?? BEGINNING, (await file.stat()).size)
  }

  async write(items: readonly ExportItem[]): Promise<void> {
    if (items.length === 0) return
    const bytes = Buffer.concat(items.map((item) => item.bytes))
    await this.file.appendFile(bytes)
    await this.file.datasync()
    this.size += bytes.length
    this.position = positionOf(items, this.size) ?? this.position
  }

  /** From the start, what the file contains: where it was opened, and then the last event that was synced. */
  settled(): ExportPosition {
    return this.position
  }

  close(): Promise<void> {
    return this.file.close()
  }
}
