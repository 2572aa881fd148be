import type { LogPage } from '../../audit-chain/verify-log.ts'
import { KeyturnClientError } from '../../client/error.ts'
import { post } from '../../client/http.ts'
import { API_URL, consoleFetch } from '../data/clients.ts'
import {
  AuditBaseToCheckDocument,
  type AuditBaseToCheckQuery,
  AuditExportPageDocument,
  type AuditExportPageQuery,
  type AuditExportPageQueryVariables,
} from '../generated/graphql.ts'

/** The API has no larger pages. */
const PAGE_SIZE = 100
const ATTEMPTS = 6
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 30_000
const TARGET = { url: API_URL, fetch: consoleFetch }
const PASSING = new Set(['RATE_LIMITED', 'UNAVAILABLE', 'NETWORK'])

/** Which events to read, and how to stop. */
export interface LogSource {
  readonly organizationId: string
  readonly filter: AuditExportPageQueryVariables['filter']
  readonly signal: AbortSignal
}

/** Reads a page of an audit log, oldest events first, with everything that their hashes cover. Waits while the server is away. */
export const readLogPage = async (source: LogSource, cursor: string | null): Promise<LogPage> => {
  const { organizationId, filter, signal } = source
  const variables = { organizationId, filter, last: PAGE_SIZE, before: cursor }
  const request = { query: AuditExportPageDocument.toString(), variables }
  const { organization } = await patiently(() => post<AuditExportPageQuery>(TARGET, request, null, signal), signal)
  const page = organization?.auditEvents
  if (page == null) throw new Error('There is no such organization, or you may not read its audit log.')
  return {
    // The API lists the newest events first, so pages are read backward.
    events: page.edges.map(({ node }) => node).reverse(),
    next: page.pageInfo.hasPreviousPage ? (page.pageInfo.startCursor ?? null) : null,
  }
}

/** The signed position behind which the log begins; null where no event was archived. */
export const readLogBase = async (
  organizationId: string,
  signal: AbortSignal,
): Promise<NonNullable<NonNullable<AuditBaseToCheckQuery['organization']>['auditRetention']>['base'] | null> => {
  const request = { query: AuditBaseToCheckDocument.toString(), variables: { organizationId } }
  const { organization } = await patiently(() => post<AuditBaseToCheckQuery>(TARGET, request, null, signal), signal)
  return organization?.auditRetention?.base ?? null
}

const patiently = async <T>(read: () => Promise<T>, signal: AbortSignal): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await read()
    } catch (error) {
      if (signal.aborted || attempt === ATTEMPTS) throw error
      if (!(error instanceof KeyturnClientError && PASSING.has(error.code))) throw error
      const asked = (error.retryAfterSeconds ?? 0) * 1_000
      await pause(Math.min(LONGEST_WAIT_MS, Math.max(asked, FIRST_WAIT_MS * 2 ** attempt)), signal)
    }
  }
}

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
  })
