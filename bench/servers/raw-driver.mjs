// The SQL that a piece of work runs, and the same SQL by the raw driver on a connection of its own.

import sqlite3 from 'sqlite3'

/** Runs the work once, and returns the statements that it executed. */
export const statementsOf = async (work) => {
  const { all } = sqlite3.Statement.prototype
  const statements = []
  sqlite3.Statement.prototype.all = function (parameters, ...rest) {
    statements.push({ sql: this.sql, parameters })
    return all.call(this, parameters, ...rest)
  }
  try {
    await work()
  } finally {
    sqlite3.Statement.prototype.all = all
  }
  if (statements.length === 0) throw new Error('The work executed no statement.')
  return statements
}

const prepare = (database, sql) =>
  new Promise((resolve, reject) => {
    const statement = database.prepare(sql, (error) => (error === null ? resolve(statement) : reject(error)))
  })

/** Keyturn lets SQLite write all rows as one text. The query inside of it gives the rows themselves. */
const AS_TEXT = /^SELECT json_group_array\(json_array\([^)]*\)\) AS found FROM \((?<query>.*)\)$/s

/** The same queries one after the other, each prepared once, with their rows as the driver returns them. */
export const replay = async (file, statements) => {
  const database = new sqlite3.Database(file, sqlite3.OPEN_READONLY)
  const prepared = []
  for (const { sql, parameters } of statements)
    prepared.push({ statement: await prepare(database, AS_TEXT.exec(sql)?.groups.query ?? sql), parameters })
  return async () => {
    for (const { statement, parameters } of prepared)
      await new Promise((resolve, reject) => {
        statement.all(parameters, (error, rows) => (error === null ? resolve(rows) : reject(error)))
      })
  }
}
