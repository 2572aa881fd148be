import { hash } from 'node:crypto'
import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type GraphQLError,
  getOperationAST,
  print,
} from 'graphql'
import type { LiveItem } from '../live/live-request.ts'
import { LiveSubscription } from '../live/live-subscription.ts'
import { createContext, type GraphQLContext } from '../schema-kit/context.ts'
import { answerTooLarge } from '../schema-kit/limits.ts'
import { admit } from './admission.ts'
import { type ReportBug, toGraphQLError, withoutSchema } from './errors.ts'
import { recordRefusals } from './operation-rates.ts'

/** How results of this server read. */
export interface Wording {
  readonly report: ReportBug
  /** Whether errors may name what is in the schema. */
  readonly introspection: boolean
}

type Mask = (result: ExecutionResult, context: GraphQLContext) => ExecutionResult

/** Puts every error of a result into the contract's words. */
export const maskWith = ({ report, introspection }: Wording): Mask => {
  const word = (error: GraphQLError) => (introspection ? error : withoutSchema(error))
  return (result, { connection }) =>
    result.errors === undefined
      ? result
      : {
          ...result,
          errors: result.errors.map((error) => toGraphQLError(word(error), connection.origin.requestId, report)),
        }
}

/** A result, or its refusal where the answer grew too large. */
export const withinAnswerLimit = (
  result: ExecutionResult,
  { answer, connection }: GraphQLContext,
  report: ReportBug,
): ExecutionResult =>
  answer.exceeded ? { errors: [toGraphQLError(answerTooLarge(), connection.origin.requestId, report)] } : result

const texts = new WeakMap<DocumentNode, string>()

/** The document as text. Equal documents are often the same object: the parser's results are kept. */
const textOf = (document: DocumentNode): string => {
  const text = texts.get(document) ?? print(document)
  texts.set(document, text)
  return text
}

/** Names the operation and its variables: two that have the same are answered alike for the same item. */
const operationKey = ({ document, operationName, variableValues }: ExecutionArgs): string => {
  const declared = getOperationAST(document, operationName)?.variableDefinitions ?? []
  const given = variableValues ?? {}
  // A variable that is left out has its default; one that is null has none.
  const variables = declared.map(({ variable: { name } }) =>
    Object.hasOwn(given, name.value) ? [given[name.value]] : [],
  )
  return hash('sha256', JSON.stringify([textOf(document), operationName ?? null, variables]), 'hex')
}

/** Results by what they are made of. An item is shared by callers of the same rights alone, so its results may be too. */
class SharedResults {
  private readonly results = new WeakMap<LiveItem<unknown>, Map<string, Promise<ExecutionResult>>>()

  get(item: LiveItem<unknown>, operation: string, make: () => Promise<ExecutionResult>): Promise<ExecutionResult> {
    const ofItem = this.results.get(item) ?? new Map<string, Promise<ExecutionResult>>()
    this.results.set(item, ofItem)
    const known = ofItem.get(operation)
    if (known !== undefined) return known
    const made = make()
    ofItem.set(operation, made)
    return made
  }
}

/**
 * Runs a subscription. Each event is executed in a context of its own: what scopes were granted, and what rows were read,
 * for the event before may not be true any more. It is executed once for all subscribers with the same document, variables
 * and rights.
 */
export const createSubscriptionExecutor = (wording: Wording) => {
  const { report, introspection } = wording
  const mask = maskWith(wording)
  const shared = new SharedResults()
  return async (args: ExecutionArgs): Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult>> => {
    const context = args.contextValue as GraphQLContext
    const { requestId } = context.connection.origin
    const { refusal } = admit(args, introspection)
    if (refusal !== null) return { errors: [toGraphQLError(refusal, requestId, report)] }
    let release: () => void
    try {
      release = context.connection.hold(context.principal)
    } catch (error) {
      return { errors: [toGraphQLError(error, requestId, report)] }
    }
    const source = await beginStream(args, release)
    if (!(source instanceof LiveSubscription))
      return recordRefusals(context, args, mask(source as ExecutionResult, context), report)
    const operation = operationKey(args)
    const run = async (item: LiveItem<unknown>) => {
      const contextValue = createContext(context.services, item.principal, context.connection)
      const result = mask(await execute({ ...args, rootValue: item, contextValue }), contextValue)
      return withinAnswerLimit(result, contextValue, report)
    }
    const mapping = {
      item: (item: LiveItem<unknown>) => shared.get(item, operation, () => run(item)),
      failure: (error: unknown) => ({ errors: [toGraphQLError(error, requestId, report)] }),
    }
    return mapStream(source, mapping, release)
  }
}

/** Begins a subscription; what it was counted as is given back where it does not begin. */
const beginStream = async (args: ExecutionArgs, release: () => void): Promise<unknown> => {
  let source: unknown
  try {
    source = await createSourceEventStream(args)
    return source
  } finally {
    if (!(source instanceof LiveSubscription)) release()
  }
}

interface Mapping<In, Out> {
  readonly item: (item: In) => Promise<Out>
  /** What is said last where the source fails. */
  readonly failure: (error: unknown) => Out
}

/** A generator would keep `return()` waiting for the next event; this passes it on at once. */
const mapStream = <In, Out>(
  source: AsyncIterableIterator<In>,
  map: Mapping<In, Out>,
  onEnd: () => void,
): AsyncIterableIterator<Out> => ({
  next: async () => {
    try {
      const result = await source.next()
      if (!result.done) return { done: false, value: await map.item(result.value) }
      onEnd()
      return { done: true, value: undefined }
    } catch (error) {
      onEnd()
      await source.return?.()
      return { done: false, value: map.failure(error) }
    }
  },
  return: async () => {
    onEnd()
    await source.return?.()
    return { done: true, value: undefined }
  },
  [Symbol.asyncIterator]() {
    return this
  },
})
