import type { ExecutionArgs } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { Tracer } from '../kernel/tracer.ts'
import type { GraphQLContext } from '../schema-kit/context.ts'
import { factsOf } from './operation-facts.ts'

const LONGEST_NAME = 100

/** Gives an executed query or mutation a span. Its name is the operation's; its variables are never part of it. */
export const traceOperation = <T>(tracer: Tracer, args: ExecutionArgs, work: () => T | Promise<T>): Promise<T> => {
  const operation = factsOf(args.document, args.operationName)?.operation
  const type = operation?.operation ?? 'operation'
  const name = operation?.name?.value.slice(0, LONGEST_NAME)
  const { requestId } = (args.contextValue as GraphQLContext).connection.origin
  const attributes = {
    'graphql.operation.type': type,
    ...(name === undefined ? {} : { 'graphql.operation.name': name }),
    ...(requestId === null ? {} : { 'keyturn.request_id': requestId }),
  }
  return tracer.span(name === undefined ? type : `${type} ${name}`, attributes, async () => work())
}

/** Gives each operation that Yoga executes a span. */
export const traceExecution = (tracer: Tracer): Plugin<GraphQLContext> => ({
  onExecute: ({ executeFn, setExecuteFn }) =>
    setExecuteFn((args: ExecutionArgs) => traceOperation(tracer, args, () => executeFn(args))),
})
