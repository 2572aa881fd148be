import { type QueryRunner, QueryRunnerAlreadyReleasedError } from 'typeorm'
import { isConnectionFailure } from './unavailability.ts'

/**
 * The connection failed between COMMIT and its answer. The changes may have been made, so this is not UNAVAILABLE: a caller
 * must read the state before it repeats the request.
 */
class CommitOutcomeUnknown extends Error {
  override readonly name = 'CommitOutcomeUnknown'

  constructor(cause: unknown) {
    super('The connection to the database failed during a commit: the changes may have been made.', { cause })
  }
}

/** Closes the runner's connection instead of returning it to the pool. Does not wait: the other side may be frozen. */
const discard = async (runner: QueryRunner): Promise<void> => {
  const client: { end(): Promise<void> } = await runner.connect()
  void client.end()
}

/** Undoes the transaction. A connection on which that is not certain is closed: its next user would be inside of it. */
const undo = async (runner: QueryRunner, error: unknown): Promise<void> => {
  if (isConnectionFailure(error)) return discard(runner)
  try {
    await runner.rollbackTransaction()
  } catch {
    await discard(runner)
  }
}

/** Runs the work in one transaction on PostgreSQL. Throws what the work or the driver throws, and CommitOutcomeUnknown. */
export const runTransaction = async <T>(runner: QueryRunner, work: () => Promise<T>): Promise<T> => {
  try {
    await runner.connect()
    await runner.startTransaction()
  } catch (error) {
    await runner.release()
    throw error
  }
  let committing = false
  try {
    const result = await work()
    committing = true
    await runner.commitTransaction()
    return result
  } catch (error) {
    await undo(runner, error)
    // A runner that lost its connection before has sent no COMMIT.
    const wasSent = committing && !(error instanceof QueryRunnerAlreadyReleasedError)
    throw wasSent && isConnectionFailure(error) ? new CommitOutcomeUnknown(error) : error
  } finally {
    await runner.release()
  }
}
