import type { CutLine } from './cut-line.ts'
import type { TestDatabase } from './engines.ts'

/** The same PostgreSQL database, over a line that the test can cut or silence. */
export const overLine = (database: TestDatabase, line: CutLine): TestDatabase => {
  const url = new URL(database.url)
  url.port = String(line.port)
  return { ...database, url: url.toString() }
}
