import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { failed } from '../command-error.ts'

/** The position of an export in the audit log. */
export interface ExportPosition {
  readonly sequence: number
  /** Hash of the event with this sequence; null if it is unknown. */
  readonly hash: string | null
  /** Size of the output file up to this event; null if the output is not a file. */
  readonly bytes: number | null
}

const stateShape = z.strictObject({
  organizationId: z.string(),
  sequence: z.int().min(0),
  hash: z.string().nullable(),
  bytes: z.int().min(0).nullable(),
})

/** The file that stores the position of an export, so that the export resumes after the program ends in any way. */
export class ExportState {
  private readonly path: string
  private readonly organizationId: string

  constructor(path: string, organizationId: string) {
    this.path = path
    this.organizationId = organizationId
  }

  /** The stored position; null if there is no file yet. Throws CommandError if the file is of another export. */
  read(): ExportPosition | null {
    let text: string
    try {
      text = readFileSync(this.path, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw failed(`The state file ${this.path} cannot be read: ${(error as Error).message}`)
    }
    const state = stateShape.safeParse(parsed(text))
    if (!state.success) throw failed(`${this.path} is not the state file of an export.`)
    const { organizationId, ...position } = state.data
    if (organizationId !== this.organizationId)
      throw failed(`${this.path} is the state of an export of ${organizationId}: use another file.`)
    return position
  }

  /** Replaces the stored position. It is durable when this returns. */
  save({ sequence, hash, bytes }: ExportPosition): void {
    const next = `${this.path}.next`
    const text = `${JSON.stringify({ organizationId: this.organizationId, sequence, hash, bytes })}\n`
    writeFileSync(next, text, { mode: 0o600, flush: true })
    renameSync(next, this.path)
    syncDirectory(dirname(this.path))
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Makes a rename durable. */
const syncDirectory = (path: string): void => {
  const directory = openSync(path, 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}
