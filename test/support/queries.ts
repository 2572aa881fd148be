import type { TestApp } from './boot.ts'

const SILENT = {
  logQueryError: () => undefined,
  logQuerySlow: () => undefined,
  logSchemaBuild: () => undefined,
  logMigration: () => undefined,
  log: () => undefined,
}

/** Does work, and counts the queries to the database meanwhile whose text matches: background work of the app makes others. */
export const queriesDuring = async <Result>(
  app: TestApp,
  matching: RegExp,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly queries: number }> => {
  let queries = 0
  const sources = [...new Set([app.app.parts.sources.reading, app.app.parts.sources.writing])]
  const logQuery = (sql: string) => {
    if (matching.test(sql)) queries += 1
  }
  const logger = { ...SILENT, logQuery }
  for (const source of sources) source.setOptions({ logging: ['query'], logger })
  try {
    return { result: await work(), queries }
  } finally {
    for (const source of sources) source.setOptions({ logging: false })
  }
}
