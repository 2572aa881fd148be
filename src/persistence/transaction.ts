import { type QueryRunner, QueryRunnerAlreadyReleasedError } from 'typeorm'
import { OutcomeUnknown } from '../kernel/errors.ts'
import { isCommitted, type Witness } from './commit-outcome.ts'
import { isConnectionFailure } from './unavailability.ts'

interface Client {
  query(sql: string): Promise<unknown>
  end(): Promise<void>
}

/** What pg returns for a text of two statements. */
interface Begun {
  readonly rows: readonly { readonly id: string }[]
}

/**
 * Starts a transaction and returns its id. TypeORM's own start would cost a second round trip for the id, so this tells the
 * runner what its `startTransaction` would have set.
 */
const begin = async (runner: QueryRunner): Promise<string> => {
  const client: Client = await runner.connect()
  const [, begun] = (await client.query(
    'START TRANSACTION; SELECT pg_current_xact_id()::text AS id',
  )) as readonly Begun[]
  Object.assign(runner, { isTransactionActive: true, transactionDepth: 1 })
  const [row] = begun?.rows ?? []
  if (row === undefined) throw new Error('PostgreSQL did not tell the id of the transaction.')
  return row.id
}

/** Closes the runner's connection instead of returning it to the pool. Does not wait: the other side may be frozen. */
const discard = async (runner: QueryRunner): Promise<void> => {
  const client: Client = await runner.connect()
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

/**
 * Runs the work in one transaction on PostgreSQL. Where COMMIT has no answer, PostgreSQL is asked what became of it. Throws
 * what the work or the driver throws, and OutcomeUnknown.
 */
export const runTransaction = async <T>(runner: QueryRunner, work: () => Promise<T>, witness: Witness): Promise<T> => {
  let id: string
  try {
    id = await begin(runner)
  } catch (error) {
    await runner.release()
    throw error
  }
  let result: T
  try {
    result = await work()
  } catch (error) {
    await undo(runner, error)
    await runner.release()
    throw error
  }
  try {
    await runner.commitTransaction()
    return result
  } catch (error) {
    await undo(runner, error)
    // A runner that lost its connection before has sent no COMMIT.
    if (error instanceof QueryRunnerAlreadyReleasedError || !isConnectionFailure(error)) throw error
    const committed = await isCommitted(id, witness)
    if (committed === null) throw new OutcomeUnknown(error)
    if (committed) return result
    throw error
  } finally {
    await runner.release()
  }
}
