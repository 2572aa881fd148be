import { type ExecutionArgs, OperationTypeNode } from 'graphql'
import { badInput, InputIssues, type KeyturnError, unauthenticated } from '../kernel/errors.ts'
import type { GraphQLContext } from '../schema-kit/context.ts'
import { sizeRefusal } from '../schema-kit/limits.ts'
import type { Variables } from '../schema-kit/operation-cost.ts'
import { withoutSecrets } from './errors.ts'
import { factsOf } from './operation-facts.ts'
import { coerceVariables } from './variables.ts'

const NEEDS_CREDENTIAL =
  'Introspection needs a credential: send "Authorization: Bearer <credential>". In GraphiQL, put it under Headers and re-fetch the schema.'
const INTROSPECTION_OFF = 'introspection is off on this server'
/** Reveals nothing about the schema, for servers with introspection off. */
const DOES_NOT_MATCH = 'does not match the schema of this server'

/** Whether an operation may run. */
export interface Admission {
  readonly rejection: KeyturnError | null
  /** The coerced variables of an operation that may run. */
  readonly variables: Variables
  /** Whether the answer describes the schema. */
  readonly introspects: boolean
}

const NO_VARIABLES: Variables = {}
const ADMITTED: Admission = { rejection: null, variables: NO_VARIABLES, introspects: false }
const rejected = (rejection: KeyturnError): Admission => ({ rejection, variables: NO_VARIABLES, introspects: false })

/**
 * Decides before execution whether an operation may run: its source, its variables, its right to introspect, and its size with
 * fragments expanded. Applies to every kind of operation on every transport.
 */
export const admit = (args: ExecutionArgs, introspection: boolean): Admission => {
  const facts = factsOf(args.document, args.operationName)
  // The executor reports an unknown operation name.
  if (facts === null) return ADMITTED
  const { operation } = facts
  const { principal, connection } = args.contextValue as GraphQLContext
  if (operation.operation === OperationTypeNode.MUTATION && connection.mutationRefusal !== null)
    return rejected(connection.mutationRefusal)
  const issues = new InputIssues()
  const given = (args.variableValues ?? {}) as Variables
  const format = introspection ? withoutSecrets : () => DOES_NOT_MATCH
  const variables = coerceVariables(args.schema, operation, given, issues, format)
  const error = issues.error
  if (error !== null) return rejected(error)
  const size = facts.sizeWith(variables)
  if (size.introspects) {
    if (!introspection) return rejected(badInput('query', INTROSPECTION_OFF))
    if (principal === null) return rejected(unauthenticated('MISSING', NEEDS_CREDENTIAL))
  }
  return { rejection: sizeRefusal(size), variables, introspects: size.introspects }
}
