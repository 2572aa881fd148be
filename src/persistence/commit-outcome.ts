import { setTimeout } from 'node:timers/promises'

/** PostgreSQL's word for the state of a transaction; null where it no longer knows. */
export type TransactionStatus = 'committed' | 'aborted' | 'in progress' | null

/** Asks for the state of a transaction, on another connection than the transaction's own. */
export type AskStatus = (transactionId: string) => Promise<TransactionStatus>

/** A caller learns within five seconds what became of its request; waiting for COMMIT may have taken three of them. */
const PATIENCE_MS = 1_500
const PAUSE_MS = 25

/**
 * What became of a transaction whose COMMIT had no answer: whether it is committed, or `null` if PostgreSQL cannot say so in
 * time. After a failover to a standby that had not received the commit, an answer may be about another transaction; a
 * setup that can lose acknowledged commits loses this one as well.
 */
export const isCommitted = async (transactionId: string, ask: AskStatus): Promise<boolean | null> => {
  const end = performance.now() + PATIENCE_MS
  const expired = setTimeout(PATIENCE_MS, 'expired' as const, { ref: false })
  while (performance.now() < end) {
    // A question may hang, on a connection that is frozen as well.
    const status = await Promise.race([ask(transactionId).catch(() => 'not answered' as const), expired])
    if (status === 'committed') return true
    if (status === 'aborted') return false
    if (status === null) return null
    // In progress: the server has not noticed yet that the connection is gone, or is still writing.
    await setTimeout(PAUSE_MS)
  }
  return null
}
