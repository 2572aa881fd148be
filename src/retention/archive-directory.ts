import { createHash, randomUUID } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { access, type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** The range of events in an archive, which names its file. */
export interface ArchiveRange {
  readonly organizationId: string
  readonly first: number
  readonly last: number
}

/** Digits of a sequence in a name, so that names sort in the order of the events. */
const SEQUENCE_DIGITS = 12

const padded = (sequence: number): string => String(sequence).padStart(SEQUENCE_DIGITS, '0')

/** The path of an archive within the directory. */
export const archiveName = ({ organizationId, first, last }: ArchiveRange): string =>
  `${organizationId}/${padded(first)}-${padded(last)}.ndjson`

const syncDirectory = async (path: string): Promise<void> => {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** A partial file so old was left by a process that ended. */
const ABANDONED_MS = 3_600_000

const removeAbandoned = async (path: string): Promise<void> => {
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(`${basename(path)}.partial-`)) continue
    const partial = join(dirname(path), name)
    const { mtimeMs } = await stat(partial)
    if (Date.now() - mtimeMs > ABANDONED_MS) await rm(partial, { force: true })
  }
}

const digestOf = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}

/** An archive that is being written. It gets its name when it is complete and on the disk. */
export class ArchiveFile {
  private readonly handle: FileHandle
  private readonly partial: string
  private readonly path: string
  private readonly hash = createHash('sha256')

  constructor(handle: FileHandle, partial: string, path: string) {
    this.handle = handle
    this.partial = partial
    this.path = path
  }

  async write(text: string): Promise<void> {
    this.hash.update(text)
    await this.handle.writeFile(text)
  }

  /**
   * Puts the file on the disk under its name, in place of an earlier attempt, and reads it again. Returns its SHA-256 (hex).
   * Throws if the disk returns something else than what was written.
   */
  async finish(): Promise<string> {
    await this.handle.sync()
    await this.handle.close()
    const written = this.hash.digest('hex')
    if ((await digestOf(this.partial)) !== written) throw new Error(`${this.partial} is not as it was written.`)
    await rename(this.partial, this.path)
    await syncDirectory(dirname(this.path))
    return written
  }

  /** Removes what was written. */
  async discard(): Promise<void> {
    await this.handle.close()
    await rm(this.partial, { force: true })
  }
}

/** The directory of the archives: one directory for each organization, one file for each range of events. */
export class ArchiveDirectory {
  private readonly path: string

  constructor(path: string) {
    this.path = path
  }

  /** Creates the directory if it does not exist. Throws if it cannot be written to. */
  async prepare(): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 })
    await access(this.path, constants.W_OK | constants.X_OK)
  }

  /** Begins an archive. */
  async create(range: ArchiveRange): Promise<ArchiveFile> {
    const path = join(this.path, archiveName(range))
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await syncDirectory(this.path)
    await removeAbandoned(path)
    // A name of its own: another instance may write the same archive.
    const partial = `${path}.partial-${randomUUID()}`
    return new ArchiveFile(await open(partial, 'wx', 0o600), partial, path)
  }

  /** Removes an archive whose events stay in the log. */
  async remove(range: ArchiveRange): Promise<void> {
    await rm(join(this.path, archiveName(range)), { force: true })
  }
}
