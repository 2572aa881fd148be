import { setTimeout } from 'node:timers/promises'

/** PostgreSQL's word for the state of a transaction; null where it no longer knows. */
export type TransactionStatus = 'committed' | 'aborted' | 'in progress' | null

/** Tells about a transaction, on another connection than the transaction's own. Both may fail, or hang. */
export interface Witness {
  statusOf(transactionId: string): Promise<TransactionStatus>
  /** Whether something is stored that only this transaction writes; false where it writes nothing of that kind. */
  proves(): Promise<boolean>
}

/** A caller learns within five seconds what became of its request; waiting for COMMIT may have taken three of them. */
const PATIENCE_MS = 1_500
const PAUSE_MS = 25

/** `pg_xact_status` of an id that was not given out. Nothing else in that statement is an invalid parameter. */
const isNotGivenOut = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '22023'

/**
 * `undefined` while the answer is not final.
 *
 * A server that crashes forgets the ids of transactions of which nothing reached its log, and gives them to others after it
 * has started again. So `committed` may be said of another transaction. `aborted` is true of both: had the first
 * one been committed, its id would not have been given out again.
 */
const answerOf = async (transactionId: string, { statusOf, proves }: Witness): Promise<boolean | null | undefined> => {
  let status: TransactionStatus
  try {
    status = await statusOf(transactionId)
  } catch (error) {
    return isNotGivenOut(error) ? false : undefined
  }
  if (status === 'aborted') return false
  // In progress: the server has not noticed yet that the connection is gone, or is still writing.
  if (status === 'in progress') return undefined
  // A statement of its own, after the state: its snapshot includes what was committed before.
  return status === 'committed' ? proves().catch(() => undefined) : null
}

/**
 * What became of a transaction whose COMMIT had no answer: whether it is committed, or `null` if PostgreSQL cannot say so in
 * time. One that proves nothing counts as not committed: without an event it is bookkeeping, which its caller repeats.
 */
export const isCommitted = async (transactionId: string, witness: Witness): Promise<boolean | null> => {
  const end = performance.now() + PATIENCE_MS
  const expired = setTimeout(PATIENCE_MS, undefined, { ref: false })
  while (performance.now() < end) {
    // A question may hang, on a connection that is frozen as well.
    const answer = await Promise.race([answerOf(transactionId, witness), expired])
    if (answer !== undefined) return answer
    await setTimeout(PAUSE_MS)
  }
  return null
}
