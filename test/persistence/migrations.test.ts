import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MODEL } from '../../src/model.ts'
import { closeDataSources, type DataSources, openDataSources } from '../../src/persistence/data-source.ts'
import { migrate, revertNewest, schemaDrift } from '../../src/persistence/migrate.ts'
import { createDatabase, ENGINES, ON_POSTGRES, type TestDatabase } from '../support/engines.ts'

const NAMES = MODEL.migrations.map((migration) => migration.name)

const TABLES = {
  sqlite: `SELECT name FROM sqlite_master WHERE type IN ('table', 'view', 'trigger') AND name NOT LIKE 'sqlite_%'`,
  // Functions and triggers count: what a migration leaves behind is in the way when it runs again.
  postgres: `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'
             UNION ALL SELECT routine_name FROM information_schema.routines WHERE routine_schema = 'public'
             UNION ALL SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = 'public'`,
}

const objectsOf = async ({ engine, writing }: DataSources): Promise<string[]> => {
  const rows: { name: string }[] = await writing.query(TABLES[engine])
  return rows.map(({ name }) => name).sort()
}

const revertAll = async (sources: DataSources): Promise<string[]> => {
  const reverted: string[] = []
  for (;;) {
    const name = await revertNewest(sources)
    if (name === null) return reverted
    reverted.push(name)
  }
}

describe.each(ENGINES)('migrations on %s', (engine) => {
  let own: TestDatabase
  let sources: DataSources
  beforeEach(async () => {
    own = await createDatabase(engine)
    sources = await openDataSources(own.url, MODEL)
  })
  afterEach(async () => {
    await closeDataSources(sources)
    await own.remove()
  })

  it('run on an empty database, each once, in their order', async () => {
    expect(await migrate(sources)).toEqual(NAMES)
    expect(await migrate(sources)).toEqual([])
  })

  it('create exactly the tables of the entities', async () => {
    await migrate(sources)
    expect(await schemaDrift(sources)).toEqual([])
  })

  it('fail the drift check if they create anything else', async () => {
    await migrate(sources)
    await sources.writing.query('ALTER TABLE keys ADD COLUMN forgotten VARCHAR(10)')
    await sources.writing.query('DROP INDEX keys_due')
    const drift = (await schemaDrift(sources)).join('\n')
    expect(drift).toContain('keys_due')
    // SQLite rebuilds the table without the column; PostgreSQL drops it.
    expect(drift).toMatch(engine === 'sqlite' ? /CREATE TABLE "temporary_keys"/ : /DROP COLUMN "forgotten"/)
  })

  it('can all be reverted, leaving nothing behind, and then be run again', async () => {
    await migrate(sources)
    const made = await objectsOf(sources)
    expect(made.length).toBeGreaterThan(MODEL.entities.length)
    expect(await revertAll(sources)).toEqual([...NAMES].reverse())
    expect(await objectsOf(sources)).toEqual(['migrations'])
    expect(await migrate(sources)).toEqual(NAMES)
    expect(await objectsOf(sources)).toEqual(made)
    expect(await schemaDrift(sources)).toEqual([])
  })

  it('keep the data if there is nothing to run', async () => {
    await migrate(sources)
    await sources.writing.query(
      `INSERT INTO audit_heads (organization_id, sequence, hash, occurred_at) VALUES ('org_1', 7, 'h', 't')`,
    )
    await closeDataSources(sources)
    sources = await openDataSources(own.url, MODEL)
    expect(await migrate(sources)).toEqual([])
    const [row] = await sources.reading.query('SELECT sequence FROM audit_heads')
    expect(Number(row.sequence)).toBe(7)
  })
})

describe.each(ON_POSTGRES)('migrations of several instances', () => {
  it('run once if the instances start together', async () => {
    const own = await createDatabase('postgres')
    const instances = await Promise.all(Array.from({ length: 4 }, () => openDataSources(own.url, MODEL)))
    const ran = await Promise.all(instances.map(migrate))
    expect(ran.flat()).toEqual(NAMES)
    expect(await instances[0]?.writing.query('SELECT name FROM migrations ORDER BY id')).toEqual(
      NAMES.map((name) => ({ name })),
    )
    await Promise.all(instances.map(closeDataSources))
    await own.remove()
  })

  it('wait for an instance that is migrating, and continue when it dies', async () => {
    const own = await createDatabase('postgres')
    const other = new Client(own.url)
    await other.connect()
    const sources = await openDataSources(own.url, MODEL)
    await other.query(`SELECT pg_advisory_lock($1)`, [0x6b657974])
    const migrated = migrate(sources)
    await expect
      .poll(
        async () =>
          (
            await other.query(
              `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
            )
          ).rowCount,
      )
      .toBe(1)
    expect((await other.query(`SELECT to_regclass('keys') AS keys`)).rows).toEqual([{ keys: null }])
    await other.end()
    expect(await migrated).toEqual(NAMES)
    await closeDataSources(sources)
    await own.remove()
  })
})
