import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestApp } from './boot.ts'

/** Everything that the database holds, as text. */
export const storedText = async (app: TestApp): Promise<string> => {
  const { engine, reading } = app.app.parts.sources
  if (engine === 'sqlite')
    return readdirSync(app.database.directory)
      .map((name) => readFileSync(join(app.database.directory, name), 'latin1'))
      .join('\n')
  const tables: { tablename: string }[] = await reading.query(
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
  )
  const dumps = await Promise.all(
    tables.map(({ tablename }) => reading.query(`SELECT string_agg(t::text, ' ') AS text FROM "${tablename}" t`)),
  )
  return JSON.stringify(dumps)
}
