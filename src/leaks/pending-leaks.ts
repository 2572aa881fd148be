import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../kernel/clock.ts'
import { KeyturnError } from '../kernel/errors.ts'
import type { Database, Writer } from '../persistence/database.ts'
import type { EndingToken } from '../tokens/revoke-tokens.ts'
import { LEAK_KINDS, type Leak } from './leak.ts'
import type { LeakBatch } from './leak-batches.ts'
import type { LeakReport } from './leak-endings.ts'
import { countPendingLeaks, deletePendingLeaks, insertPendingLeaks, takePendingLeaks } from './pending-leaks.store.ts'

/** Pending leaks of one reporter. Five reports of the largest size. */
export const MOST_PENDING = 50_000
const RETRY_AFTER_SECONDS = 5

const storedKind = z.enum(LEAK_KINDS)
const storedToken = z
  .tuple([z.string(), z.string(), z.string(), z.coerce.date()])
  .transform(([id, keyId, organizationId, expiresAt]): EndingToken => ({ id, keyId, organizationId, expiresAt }))
/** Arrays, because the names of fields would be half of what is stored. Only an access token has a seventh element. */
const storedLeaks = z.array(
  z
    .tuple([z.string(), z.string(), z.string(), z.string(), z.string().nullable(), z.string().nullable()])
    .rest(storedToken)
    .transform(
      ([credentialId, targetId, organizationId, placeHash, foundAt, foundIn, token = null]): Leak => ({
        credentialId,
        targetId,
        organizationId,
        placeHash,
        foundAt,
        foundIn,
        token,
      }),
    ),
)

const stored = ({ token, ...leak }: Leak) => [
  ...[leak.credentialId, leak.targetId, leak.organizationId, leak.placeHash, leak.foundAt, leak.foundIn],
  ...(token === null ? [] : [[token.id, token.keyId, token.organizationId, token.expiresAt]]),
]

/**
 * Stores batches that will be written after the answer, in one transaction. Throws RATE_LIMITED where too many leaks of the
 * reporter are pending. Instances that store at the same time can exceed this by what each of them handles at once.
 */
export const storePending = (
  database: Database,
  clock: Clock,
  batches: readonly LeakBatch[],
  report: LeakReport,
): Promise<void> => {
  const reportedAt = clock.now()
  const rows = batches.map(({ kind, organizationId, leaks }) => ({
    id: randomUUID(),
    kind,
    organizationId,
    ...report,
    reportedAt,
    size: leaks.length,
    leaks: leaks.map(stored),
  }))
  const added = rows.reduce((sum, { size }) => sum + size, 0)
  return database.write(async (writer) => {
    if ((await countPendingLeaks(writer, report.reportedBy)) + added > MOST_PENDING)
      throw new KeyturnError('RATE_LIMITED', 'Earlier reports are still being written: send this one again.', {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      })
    await insertPendingLeaks(writer, rows)
  })
}

/**
 * Takes a stored batch out of the pending ones, part of the transaction that writes it. Returns null where another instance
 * has taken it.
 */
export const takePending = async (
  writer: Writer,
  id: string,
): Promise<{ readonly batch: Pick<LeakBatch, 'kind' | 'leaks'>; readonly report: LeakReport } | null> => {
  const row = await takePendingLeaks(writer, id)
  if (row === null) return null
  const { reportedBy, requestId, ipAddress, userAgent } = row
  const batch = { kind: storedKind.parse(row.kind), leaks: storedLeaks.parse(row.leaks) }
  await deletePendingLeaks(writer, id)
  return { batch, report: { reportedBy, requestId, ipAddress, userAgent } }
}
