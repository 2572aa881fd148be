// Statements by sqlite3 and by pg, as Keyturn is set up: SQLite in WAL mode with every commit synced.

import pg from 'pg'
import sqlite3 from 'sqlite3'

const HEAD = 'UPDATE audit_heads SET sequence = ?, hash = ?, occurred_at = ? WHERE organization_id = ?'

/** Values as they are stored: json columns come from pg as objects. */
const stored = (value) =>
  typeof value === 'object' && value !== null && !(value instanceof Date) ? JSON.stringify(value) : value

const insertSql = (table, rows, placeholder) => {
  const columns = Object.keys(rows[0])
  let number = 0
  const row = () => `(${columns.map(() => placeholder(++number)).join(', ')})`
  const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${rows.map(row).join(', ')}`
  return { sql, values: rows.flatMap((values) => columns.map((column) => stored(values[column]))) }
}

const writerOf = (all, placeholder) => ({
  first: async (sql) => (await all(sql, []))[0],
  begin: () => all(placeholder(1) === '?' ? 'BEGIN IMMEDIATE' : 'BEGIN', []),
  commit: () => all('COMMIT', []),
  insert: (table, rows) => {
    const { sql, values } = insertSql(table, rows, placeholder)
    return all(sql, values)
  },
  saveHead: (organization, { sequence, hash }, occurredAt) => {
    let number = 0
    return all(
      HEAD.replaceAll('?', () => placeholder(++number)),
      [sequence, hash, occurredAt, organization],
    )
  },
})

/** @param {string} url of the database, `sqlite:FILE` */
export const openSqlite = async (url) => {
  const database = new sqlite3.Database(url.slice('sqlite:'.length))
  const statements = new Map()
  const prepare = (sql) =>
    new Promise((resolve, reject) => {
      const statement = database.prepare(sql, (error) => (error === null ? resolve(statement) : reject(error)))
    })
  const all = async (sql, values) => {
    const statement = statements.get(sql) ?? (await prepare(sql))
    statements.set(sql, statement)
    return new Promise((resolve, reject) => {
      statement.all(values, (error, rows) => (error === null ? resolve(rows) : reject(error)))
    })
  }
  for (const pragma of ['journal_mode = WAL', 'synchronous = FULL']) await all(`PRAGMA ${pragma}`, [])
  return writerOf(all, () => '?')
}

/** @param {string} url of the database, `postgres://...` */
export const openPostgres = async (url) => {
  // Instants as text: what is read is written again.
  const client = new pg.Client({ connectionString: url, types: { getTypeParser: () => (text) => text } })
  await client.connect()
  const all = async (sql, values) => (await client.query(sql, values)).rows
  return writerOf(all, (number) => `$${number}`)
}
