import { mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DatabaseInUse, lockDatabase } from '../../src/persistence/database-lock.ts'

describe('the lock of a SQLite database', () => {
  let directory: string
  let file: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'keyturn-test-'))
    file = join(directory, 'keyturn.db')
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))

  it('is held by one process, and names it, also by another path of the file', async () => {
    const release = await lockDatabase(file)
    const other = join(directory, 'other.db')
    symlinkSync(file, other)
    for (const name of [file, other]) {
      const refused = lockDatabase(name)
      await expect(refused).rejects.toBeInstanceOf(DatabaseInUse)
      await expect(refused).rejects.toThrow(`in use by process ${process.pid}`)
    }
    await release()
    await (await lockDatabase(file))()
  })

  it('can be read by its owner only, and leaves no other file behind', async () => {
    const release = await lockDatabase(file)
    expect(readdirSync(directory).sort()).toEqual(['keyturn.db', 'keyturn.db.lock'])
    for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).mode & 0o077).toBe(0)
    await release()
  })
})
