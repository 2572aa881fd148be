import { LRUCache } from 'lru-cache'
import sqlite3 from 'sqlite3'

type Done = (this: sqlite3.Statement, error: Error | null, rows?: unknown[]) => void

const STATEMENTS_KEPT = 300
/** Longer ones insert many rows at once: each number of rows is a statement of its own, and a large one. */
const LONGEST_KEPT = 4_000

/**
 * A connection that keeps its prepared statements. Otherwise each query is parsed anew, and goes to the database's thread
 * and back twice: once to be prepared, once to be run.
 */
class CachingDatabase extends sqlite3.Database {
  private readonly statements = new LRUCache<string, sqlite3.Statement>({
    max: STATEMENTS_KEPT,
    // Waits for what the statement is still running.
    dispose: (statement) => statement.finalize(),
  })

  private closing = false

  override run(sql: string, ...rest: unknown[]): this {
    const [parameters, done] = rest
    if (typeof done !== 'function') return super.run(sql, ...rest)
    this.withStatement(sql, done as Done, (statement) => statement.run(parameters ?? [], done as Done))
    return this
  }

  override all(sql: string, ...rest: unknown[]): this {
    const [parameters, done] = rest
    if (typeof done !== 'function') return super.all(sql, ...rest)
    this.withStatement(sql, done as Done, (statement) => statement.all(parameters ?? [], done as Done))
    return this
  }

  override close(done?: (error: Error | null) => void): void {
    this.closing = true
    this.statements.clear()
    super.close(done)
  }

  private withStatement(sql: string, done: Done, use: (statement: sqlite3.Statement) => void): void {
    const known = this.statements.get(sql)
    if (known !== undefined) {
      use(known)
      return
    }
    const statement = this.prepare(sql, (error: Error | null) => {
      if (error !== null) return done.call(statement, error)
      use(statement)
      // One that was prepared meanwhile for the same query is as good, and kept already.
      if (this.closing || sql.length > LONGEST_KEPT || this.statements.has(sql)) statement.finalize()
      else this.statements.set(sql, statement)
    })
  }
}

/**
 * The driver as TypeORM wants it. Its verbose mode, which TypeORM asks for, would take a stack trace of every query and
 * print the parameters into it: a tenth of the time, and texts that have no business in a log.
 */
export const SQLITE_DRIVER = { verbose: () => ({ ...sqlite3, Database: CachingDatabase }) }
