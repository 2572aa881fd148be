import { Client } from 'pg'
import sqlite from 'sqlite3'
import type { TestDatabase } from './engines.ts'

/** Runs statements past the service and past the triggers that guard the history, as somebody with the disk or the superuser can. */
export const tamperWith = (database: TestDatabase, statements: readonly string[]): Promise<void> =>
  database.engine === 'sqlite' ? withFile(database, statements) : withSuperuser(database, statements)

const withFile = async ({ url }: TestDatabase, statements: readonly string[]): Promise<void> => {
  const file = new sqlite.Database(url.slice('sqlite:'.length))
  try {
    file.configure('busyTimeout', 5_000)
    const triggers = await triggersOf(file)
    await run(file, [
      'BEGIN IMMEDIATE',
      ...triggers.map(({ name }) => `DROP TRIGGER ${name}`),
      ...statements,
      ...triggers.map(({ sql }) => sql),
      'COMMIT',
    ])
  } finally {
    await new Promise((resolve) => file.close(resolve))
  }
}

const run = (file: sqlite.Database, statements: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) =>
    file.exec(statements.join(';\n'), (error) => (error === null ? resolve() : reject(error))),
  )

const triggersOf = (file: sqlite.Database): Promise<{ name: string; sql: string }[]> =>
  new Promise((resolve, reject) =>
    file.all<{ name: string; sql: string }>(
      "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_events'",
      (error, rows) => (error === null ? resolve(rows) : reject(error)),
    ),
  )

const withSuperuser = async ({ url }: TestDatabase, statements: readonly string[]): Promise<void> => {
  const client = new Client(url)
  await client.connect()
  try {
    for (const statement of [
      'BEGIN',
      'ALTER TABLE audit_events DISABLE TRIGGER USER',
      ...statements,
      'ALTER TABLE audit_events ENABLE TRIGGER USER',
      'COMMIT',
    ])
      await client.query(statement)
  } finally {
    await client.end()
  }
}
