import { MODEL } from '../../src/model.ts'
import { closeDataSources, type DataSources, openDataSources } from '../../src/persistence/data-source.ts'
import { Database, type Reader } from '../../src/persistence/database.ts'
import type { TestDatabase } from './engines.ts'
import { createMigratedDatabase } from './migrated-database.ts'
import { watchNesting } from './nesting-guard.ts'

/** A migrated database without a service on it. */
export interface OpenDatabase {
  readonly database: Database
  readonly sources: DataSources
  readonly own: TestDatabase
  close(): Promise<void>
}

export const openDatabase = async (engine: 'sqlite' | 'postgres'): Promise<OpenDatabase> => {
  const own = await createMigratedDatabase(engine)
  const sources = await openDataSources(own.url, MODEL)
  return {
    database: new Database(sources, { nestingGuard: watchNesting() }),
    sources,
    own,
    close: async () => {
      await closeDataSources(sources)
      await own.remove()
    },
  }
}

/** Reads a database, whether a service runs on it or not. */
export const readDatabase = async <T>({ url }: TestDatabase, work: (reader: Reader) => Promise<T>): Promise<T> => {
  const sources = await openDataSources(url, MODEL)
  try {
    return await new Database(sources).read(work)
  } finally {
    await closeDataSources(sources)
  }
}

/** A promise that a test settles. */
export const deferred = <T = void>() => {
  let resolve: (value: T) => void = () => undefined
  let reject: (error: unknown) => void = () => undefined
  const promise = new Promise<T>((whenGood, whenBad) => {
    resolve = whenGood
    reject = whenBad
  })
  return { promise, resolve, reject }
}
