import { LRUCache } from 'lru-cache'
import sqlite3 from 'sqlite3'

type Done = (this: sqlite3.Statement, error: Error | null, rows?: unknown[]) => void

const STATEMENT_CACHE_SIZE = 300
/** Longer statements insert many rows. They differ for each number of rows, so caching them has no use. Characters. */
const LONGEST_CACHED = 4_000

/**
 * A connection that caches prepared statements. Without the cache each query is parsed again and needs two round trips to
 * the database thread: one to prepare, one to run.
 */
class CachingDatabase extends sqlite3.Database {
  private readonly statements = new LRUCache<string, sqlite3.Statement>({
    max: STATEMENT_CACHE_SIZE,
    // finalize() waits for a running execution of the statement.
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

  // A pragma takes effect while it is prepared: a cached one would do nothing.
  private isCached(sql: string): boolean {
    return sql.length <= LONGEST_CACHED && !sql.startsWith('PRAGMA') && !this.closing
  }

  private withStatement(sql: string, done: Done, use: (statement: sqlite3.Statement) => void): void {
    const cached = this.statements.get(sql)
    if (cached !== undefined) {
      use(cached)
      return
    }
    const statement = this.prepare(sql, (error: Error | null) => {
      if (error !== null) return done.call(statement, error)
      use(statement)
      // A concurrent call may have cached a statement for the same query.
      if (!this.isCached(sql) || this.statements.has(sql)) statement.finalize()
      else this.statements.set(sql, statement)
    })
  }
}

/**
 * The driver for TypeORM. TypeORM calls `verbose()`, which here returns the driver without its verbose mode: that mode
 * records a stack trace for every query (10 % of the time) and puts parameters into it, which must not reach a log.
 */
export const SQLITE_DRIVER = { verbose: () => ({ ...sqlite3, Database: CachingDatabase }) }
