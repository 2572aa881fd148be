import { type ExecutionArgs, getOperationAST } from 'graphql'
import { badInput, InputIssues, type KeyturnError, unauthenticated } from '../kernel/errors.ts'
import type { GraphQLContext } from '../schema-kit/context.ts'
import { createPrices } from '../schema-kit/field-prices.ts'
import { sizeRefusal } from '../schema-kit/limits.ts'
import { measureOperation, type Variables } from '../schema-kit/operation-cost.ts'
import { withoutSecrets } from './errors.ts'
import { schema } from './schema.ts'
import { coerceVariables } from './variables.ts'

const NEEDS_CREDENTIAL =
  'Introspection needs a credential: send "Authorization: Bearer <credential>". In GraphiQL, put it under Headers and re-fetch the schema.'
const INTROSPECTION_OFF = 'introspection is off on this server'
/** Says nothing about the schema, for servers that do not introduce theirs. */
const DOES_NOT_FIT = 'does not fit the schema of this server'

/** Whether an operation may run. */
export interface Admission {
  readonly refusal: KeyturnError | null
  /** Whether the answer will describe the schema. */
  readonly introspects: boolean
}

const ADMITTED: Admission = { refusal: null, introspects: false }
const refused = (refusal: KeyturnError): Admission => ({ refusal, introspects: false })

const priceOf = createPrices(schema)

/**
 * Decides before anything of an operation is executed whether it runs: its variables, its right to introspect, and its
 * size once fragments are expanded. Every kind of operation of every transport passes here.
 */
export const admit = (args: ExecutionArgs, introspection: boolean): Admission => {
  const operation = getOperationAST(args.document, args.operationName)
  // The executor says what is wrong with a name that names no operation.
  if (operation == null) return ADMITTED
  const issues = new InputIssues()
  const given = (args.variableValues ?? {}) as Variables
  const word = introspection ? withoutSecrets : () => DOES_NOT_FIT
  const variables = coerceVariables(args.schema, operation, given, issues, word)
  const error = issues.error
  if (error !== null) return refused(error)
  const size = measureOperation(args.schema, args.document, operation, variables, priceOf)
  if (size.introspects) {
    if (!introspection) return refused(badInput('query', INTROSPECTION_OFF))
    const { principal } = args.contextValue as GraphQLContext
    if (principal === null) return refused(unauthenticated('MISSING', NEEDS_CREDENTIAL))
  }
  return { refusal: sizeRefusal(size), introspects: size.introspects }
}
