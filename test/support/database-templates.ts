import type { TestProject } from 'vitest/node'
import { dropDatabases, postgresRuns } from './engines.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** How the names of PostgreSQL databases begin that processes of this run copy; missing where files share no process. */
    readonly databaseTemplates?: string
  }
}

/** Global setup: drops the templates of migrated-database.ts after the run. */
export default (project: TestProject): (() => Promise<void>) => {
  const prefix = `keyturn_template_${process.pid}_${project.name}`
  project.provide('databaseTemplates', prefix)
  return async () => {
    if (postgresRuns) await dropDatabases(prefix)
  }
}
