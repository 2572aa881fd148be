import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { DataSources, Model } from '../persistence/data-source.ts'
import { listMigrations } from '../persistence/migrate.ts'
import { BackupError } from './backup-format.ts'
import { type Restored, restoreBackup } from './restore-backup.ts'
import { writeBackup } from './write-backup.ts'

/**
 * Backs the database up into a new file while the service goes on, and verifies the file by restoring it into a database
 * that is deleted afterwards. The file appears under its name only once it is verified. Throws BackupError.
 */
export const makeBackup = async (
  sources: DataSources,
  file: string,
  model: Model,
  createdAt: Date,
): Promise<Restored> => {
  if (existsSync(file)) throw new BackupError(`${file} exists already: choose another name.`)
  if (!existsSync(dirname(resolve(file)))) throw new BackupError(`There is no directory ${dirname(resolve(file))}.`)
  if ((await listMigrations(sources)).some(({ run }) => !run))
    throw new BackupError('The database has pending migrations: run keyturn migrate first.')
  // Beside the file, which is where there has to be room for it anyway.
  const scratch = mkdtempSync(`${resolve(file)}.partial-`)
  try {
    const partial = join(scratch, 'backup')
    const rows = await writeBackup(sources, partial, createdAt)
    const restored = await restoreBackup(partial, `sqlite:${join(scratch, 'verified.db')}`, model)
    if (restored.rows !== rows) throw new BackupError(`Of ${rows} rows ${restored.rows} could be restored.`)
    renameSync(partial, file)
    return restored
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}
