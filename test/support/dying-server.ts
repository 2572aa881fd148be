import { pathToFileURL } from 'node:url'
import { inject } from 'vitest'
import type { AuditEventType } from '../../src/generated/graphql.ts'
import type { TestDatabase } from './engines.ts'
import { type ServerProcess, startServer } from './server-process.ts'

/** Starts the service; it kills itself between the first commit of an event of a type and the event's publication. */
export const startDyingServer = (
  database: TestDatabase,
  type: AuditEventType,
  env: Record<string, string> = {},
): Promise<ServerProcess> =>
  startServer(
    database,
    {
      ...env,
      DIE_AT: type,
      SERVER_BUILD: String(pathToFileURL(inject('serverBuild'))),
      NODE_OPTIONS: `--import ${new URL('die-before-publishing.mjs', import.meta.url)}`,
    },
    { program: 'main' },
  )
