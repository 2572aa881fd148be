import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { DataSources } from '../persistence/data-source.ts'
import type { Reader } from '../persistence/database.ts'
import { listMigrations } from '../persistence/migrate.ts'
import { type BackupTable, inSnapshot, listTables, rowsOf } from './backup.store.ts'
import { type BackupFooter, type BackupHeader, type BackupRow, FORMAT, VERSION } from './backup-format.ts'

async function* linesOf(reader: Reader, header: BackupHeader, tables: readonly BackupTable[]): AsyncGenerator<string> {
  const hash = createHash('sha256')
  const line = (value: BackupHeader | BackupRow) => {
    const text = `${JSON.stringify(value)}\n`
    hash.update(text)
    return text
  }
  yield line(header)
  let rows = 0
  for (const [position, table] of tables.entries())
    for await (const values of rowsOf(reader, table)) {
      rows += 1
      yield line([position, values])
    }
  const footer: BackupFooter = { rows, sha256: hash.digest('hex') }
  yield `${JSON.stringify(footer)}\n`
}

/**
 * Writes a snapshot of the database into a new file that only its owner can read. Returns the number of rows. Throws where
 * the file exists.
 */
export const writeBackup = async (sources: DataSources, file: string, createdAt: Date): Promise<number> => {
  const migrations = (await listMigrations(sources)).map(({ name }) => name)
  const tables = listTables(sources)
  const header: BackupHeader = {
    format: FORMAT,
    version: VERSION,
    createdAt: createdAt.toISOString(),
    migrations,
    tables: tables.map(({ name, columns }) => ({ name, columns: columns.map((column) => column.name) })),
  }
  let lines = 0
  await inSnapshot(sources, async (reader) => {
    const counted = async function* () {
      for await (const line of linesOf(reader, header, tables)) {
        lines += 1
        yield line
      }
    }
    await pipeline(
      Readable.from(counted()),
      createGzip(),
      createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true }),
    )
  })
  return lines - 2
}
