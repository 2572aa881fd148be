import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { z } from 'zod'
import { BackupError, type BackupHeader, type BackupRow, FORMAT, VERSION } from './backup-format.ts'

const NAME = z.string().regex(/^[a-z_]{1,63}$/)
const HEADER = z.object({
  format: z.literal(FORMAT),
  version: z.number(),
  createdAt: z.iso.datetime(),
  migrations: z.array(z.string()),
  tables: z.array(z.object({ name: NAME, columns: z.array(NAME).min(1) })),
})
const ROW = z.tuple([z.number(), z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]))])
const FOOTER = z.object({ rows: z.number(), sha256: z.string() })

export interface OpenBackup {
  readonly header: BackupHeader
  /** Every row. Throws BackupError at the end where the file is damaged: use nothing of it before. */
  rows(): AsyncGenerator<BackupRow>
}

const damaged = (what: string) => new BackupError(`The backup is damaged: ${what}. Use another one.`)

const parse = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    throw damaged('a line is not JSON')
  }
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const unpacked = createReadStream(file)
    .on('error', (error) => unpacked.destroy(error))
    .pipe(createGunzip())
  try {
    yield* createInterface({ input: unpacked, crlfDelay: Number.POSITIVE_INFINITY })
  } catch (error) {
    throw faultOf(error, file)
  } finally {
    unpacked.destroy()
  }
}

const faultOf = (error: unknown, file: string): unknown => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOENT') return new BackupError(`There is no file ${file}.`)
  if (code === 'Z_DATA_ERROR' || code === 'Z_BUF_ERROR') return damaged('it is cut off or is not a gzip file')
  return error
}

const headerOf = (line: string | undefined): BackupHeader => {
  const { data } = HEADER.safeParse(line === undefined ? null : parse(line))
  if (data === undefined) throw new BackupError('This is not a backup of Keyturn: its first line is not a header.')
  if (data.version !== VERSION)
    throw new BackupError(`The backup has version ${data.version} of the format, this Keyturn reads ${VERSION}.`)
  return { ...data, format: FORMAT, version: VERSION }
}

/** Opens a backup and reads its header. Throws BackupError. */
export const openBackup = async (file: string): Promise<OpenBackup> => {
  const lines = linesOf(file)
  const first = await lines.next()
  const header = headerOf(first.done === true ? undefined : first.value)
  return { header, rows: () => rowsOf(header, lines, String(first.value)) }
}

async function* rowsOf(
  header: BackupHeader,
  lines: AsyncGenerator<string>,
  firstLine: string,
): AsyncGenerator<BackupRow> {
  const hash = createHash('sha256').update(`${firstLine}\n`)
  let rows = 0
  for await (const line of lines) {
    const value = parse(line)
    if (Array.isArray(value)) {
      const { data } = ROW.safeParse(value)
      if (data === undefined || data[1].length !== header.tables[data[0]]?.columns.length)
        throw damaged('a row does not fit its table')
      hash.update(`${line}\n`)
      rows += 1
      yield data
      continue
    }
    const { data: footer } = FOOTER.safeParse(value)
    if (footer?.rows !== rows || footer.sha256 !== hash.digest('hex')) throw damaged('its checksum does not match')
    if ((await lines.next()).done !== true) throw damaged('something follows its last line')
    return
  }
  throw damaged('its end is missing')
}
