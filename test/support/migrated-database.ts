import { readFileSync, writeFileSync } from 'node:fs'
import { inject } from 'vitest'
import { MODEL } from '../../src/model.ts'
import { closeDataSources, openDataSources } from '../../src/persistence/data-source.ts'
import { migrate } from '../../src/persistence/migrate.ts'
import { administer, createDatabase, postgresUrl, type TestDatabase } from './engines.ts'

const runMigrations = async (url: string): Promise<void> => {
  const sources = await openDataSources(url, MODEL)
  try {
    await migrate(sources)
  } finally {
    await closeDataSources(sources)
  }
}

const fileOf = ({ url }: TestDatabase): string => url.slice('sqlite:'.length)

const migratedFile = async (): Promise<Buffer> => {
  const database = await createDatabase('sqlite')
  try {
    await runMigrations(database.url)
    return readFileSync(fileOf(database))
  } finally {
    await database.remove()
  }
}

/** A database that no test connects to: one that is in use cannot be copied. database-templates.ts drops it. */
const migratedTemplate = async (prefix: string): Promise<string> => {
  const name = `${prefix}_${process.pid}`
  await administer(`CREATE DATABASE ${name}`)
  await runMigrations(postgresUrl(name))
  return name
}

// One of each for all files that share the process.
let file: Promise<Buffer> | undefined
let template: Promise<string> | undefined

/** A new database with all tables and no row. A copy costs a third of the CPU time of running every migration. */
export const createMigratedDatabase = async (engine: 'sqlite' | 'postgres'): Promise<TestDatabase> => {
  if (engine === 'sqlite') {
    file ??= migratedFile()
    const database = await createDatabase(engine)
    writeFileSync(fileOf(database), await file)
    return database
  }
  const prefix = inject('databaseTemplates')
  if (prefix === undefined) {
    const database = await createDatabase(engine)
    await runMigrations(database.url)
    return database
  }
  template ??= migratedTemplate(prefix)
  return createDatabase(engine, await template)
}
