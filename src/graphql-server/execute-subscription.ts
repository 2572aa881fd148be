import { setTimeout } from 'node:timers/promises'
import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, execute, type GraphQLError } from 'graphql'
import { CLOSE_CODES } from '../live/close-codes.ts'
import type { LiveItem } from '../live/live-request.ts'
import { LiveSubscription } from '../live/live-subscription.ts'
import { type Failure, RequestedItems, type Taker } from '../live/requested-items.ts'
import { createContext, type GraphQLContext } from '../schema-kit/context.ts'
import { admit } from './admission.ts'
import { toGraphQLError } from './errors.ts'
import { recordDenials } from './operation-rates.ts'
import { createMask, type ErrorOptions, withinAnswerLimit } from './result-masking.ts'
import { operationKey, SharedResults } from './shared-results.ts'

/** Runs a subscription operation: its results, or one result with the errors that keep it from starting. */
export type ExecuteSubscription = (args: ExecutionArgs) => Promise<ExecutionResult | RequestedItems<ExecutionResult>>

/**
 * Each event is executed in a context of its own, because the scopes and rows of the previous event may be outdated. It is
 * executed once for all subscribers with the same document, variables and rights. While the database is away an event waits
 * for it, and a subscription that cannot start closes its connection with 1013: clients come back by themselves after that.
 */
export const createSubscriptionExecutor = (options: ErrorOptions): ExecuteSubscription => {
  const { report, introspection } = options
  const mask = createMask(options)
  const shared = new SharedResults()
  const translate = (error: unknown, requestId: string | null) => toGraphQLError(error, requestId, report)
  const run: ExecuteItem = async (args, { services, connection }, item) => {
    const contextValue = createContext(services, item.principal, connection)
    const result = mask(await execute({ ...args, rootValue: item, contextValue }), contextValue)
    return withinAnswerLimit(result, contextValue, report)
  }
  const runPatiently: ExecuteItem = async (args, origin, item) => {
    let result = await run(args, origin, item)
    for (let attempt = 1; isUnavailable(result) && attempt < MAX_ATTEMPTS; attempt += 1) {
      await setTimeout(RETRY_MS)
      result = await run(args, origin, item)
    }
    return result
  }
  return async (args) => {
    const context = args.contextValue as GraphQLContext
    const { requestId } = context.connection.origin
    const { rejection } = admit(args, introspection)
    if (rejection !== null) return { errors: [toGraphQLError(rejection, requestId, report)] }
    let release: () => void
    try {
      release = context.connection.hold(context.principal)
    } catch (error) {
      return { errors: [toGraphQLError(error, requestId, report)] }
    }
    const source = await startSource(args, release)
    if (!(source instanceof LiveSubscription)) {
      const result = mask(source as ExecutionResult, context)
      if (isUnavailable(result)) context.connection.end(CLOSE_CODES.tryAgainLater, 'Unavailable')
      return recordDenials(context, args, result, report)
    }
    return new SubscriptionResults({ source, args, context, release, execute: runPatiently, shared, translate })
  }
}

/** Attempts to execute an event while the database is away. Then its subscriber receives the error. */
const MAX_ATTEMPTS = 60
const RETRY_MS = 1_000

const isUnavailable = ({ errors = [] }: ExecutionResult): boolean =>
  errors.some(({ extensions }) => extensions.code === 'UNAVAILABLE')

/** Starts a subscription. Releases its slot if it does not start. */
const startSource = async (args: ExecutionArgs, release: () => void): Promise<unknown> => {
  let source: unknown
  try {
    source = await createSourceEventStream(args)
    return source
  } finally {
    if (!(source instanceof LiveSubscription)) release()
  }
}

/** What the context of each event is made of. */
type ContextOrigin = Pick<GraphQLContext, 'services' | 'connection'>

/** Executes the operation for one item, in a context of its own. */
type ExecuteItem = (args: ExecutionArgs, origin: ContextOrigin, item: LiveItem<unknown>) => Promise<ExecutionResult>

interface ResultsParts {
  readonly source: RequestedItems<LiveItem<unknown>>
  readonly args: ExecutionArgs
  readonly context: GraphQLContext
  /** Releases the slot of the subscription. */
  readonly release: () => void
  readonly execute: ExecuteItem
  readonly shared: SharedResults
  readonly translate: (error: unknown, requestId: string | null) => GraphQLError
}

/** The results of a subscription; the last one has an error if the source fails. */
class SubscriptionResults extends RequestedItems<ExecutionResult> implements Taker<LiveItem<unknown>> {
  private readonly parts: Omit<ResultsParts, 'context'>
  private readonly origin: ContextOrigin
  private readonly operation: string
  private taker: Taker<ExecutionResult> | null = null

  constructor({ context, args, ...parts }: ResultsParts) {
    super()
    // The context of the start holds its scopes and its answer, which no event uses.
    this.origin = { services: context.services, connection: context.connection }
    this.parts = { ...parts, args: { ...args, contextValue: undefined } }
    this.operation = operationKey(args)
  }

  request(taker: Taker<ExecutionResult>): void {
    this.taker = taker
    this.parts.source.request(this)
  }

  take(item: LiveItem<unknown>): void {
    const { shared, execute, args } = this.parts
    const result = shared.get(item, this.operation, () => execute(args, this.origin, item))
    if (!(result instanceof Promise)) return void this.hand(result)
    result.then(
      (ready) => this.hand(ready),
      (error: unknown) => this.fail(error),
    )
  }

  finish(failure: Failure | null): void {
    if (failure !== null) return void this.fail(failure.error)
    this.parts.release()
    this.takeTaker()?.finish(null)
  }

  async return(): Promise<IteratorResult<ExecutionResult, undefined>> {
    this.parts.release()
    await this.parts.source.return()
    return { done: true, value: undefined }
  }

  private hand(result: ExecutionResult): void {
    this.takeTaker()?.take(result)
  }

  private fail(error: unknown): void {
    const { release, source, translate } = this.parts
    const taker = this.takeTaker()
    release()
    void source.return()
    const { closing = false, origin } = this.origin.connection
    // A revocation closes thousands of sockets: none of them receives the error that it would take to make.
    if (closing) taker?.finish(null)
    else taker?.take({ errors: [translate(error, origin.requestId)] })
  }

  private takeTaker(): Taker<ExecutionResult> | null {
    const { taker } = this
    this.taker = null
    return taker
  }
}
