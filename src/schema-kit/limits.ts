import { complexityFromQuery } from '@pothos/plugin-complexity'
import {
  type ASTVisitor,
  type DocumentNode,
  type ExecutionArgs,
  GraphQLError,
  getOperationAST,
  getVariableValues,
  isListType,
  isNonNullType,
  Kind,
  type ParseOptions,
  parse,
  type Source,
  type ValidationContext,
} from 'graphql'
import { KeyturnError } from '../kernel/errors.ts'
import { DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE } from '../kernel/page.ts'

/** How much one operation may ask for. Each is far beyond what a client needs, and far below what would hurt. */
export const LIMITS = {
  /** Lexical tokens of a document, counted while it is read. */
  tokens: 2_000,
  /** Aliases of a document: each may repeat what a field costs. */
  aliases: 50,
  /** Directives of a document. */
  directives: 50,
  /** Levels of nested fields. */
  depth: 20,
  /** Fields of an operation, each counted once. */
  breadth: 1_000,
  /** Fields of an operation, each counted as often as its lists may repeat it. */
  cost: 50_000,
} as const

const tooComplex = (message: string) => new GraphQLError(message, { extensions: { code: 'QUERY_TOO_COMPLEX' } })

/** Reads a document of at most so many tokens. */
export const parseLimited = (source: string | Source, options?: ParseOptions): DocumentNode => {
  try {
    return parse(source, { ...options, maxTokens: LIMITS.tokens })
  } catch (error) {
    if (error instanceof GraphQLError && /more tha[nt] \d+ tokens/.test(error.message))
      throw tooComplex(`The document has more than ${LIMITS.tokens} tokens: ask for less at once.`)
    // Lists within lists need more of the stack than their tokens let expect.
    if (error instanceof RangeError) throw tooComplex('The document is nested too deep to be read.')
    throw error
  }
}

/** The rule that two fields of one name must agree compares them all, and gives up where there are too many. */
export const explainAborted = (error: GraphQLError): GraphQLError =>
  error.message === 'Validation aborted.'
    ? tooComplex('The document repeats its fields too often: ask for each of them once.')
    : error

/** Refuses documents with too many aliases or directives. */
export const countingRule = (context: ValidationContext): ASTVisitor => {
  let aliases = 0
  let directives = 0
  return {
    Field: (node) => {
      if (node.alias !== undefined) aliases += 1
    },
    Directive: () => {
      directives += 1
    },
    Document: {
      leave: () => {
        if (aliases > LIMITS.aliases)
          context.reportError(tooComplex(`The document has ${aliases} aliases: at most ${LIMITS.aliases} are taken.`))
        if (directives > LIMITS.directives)
          context.reportError(
            tooComplex(`The document has ${directives} directives: at most ${LIMITS.directives} are taken.`),
          )
      },
    },
  }
}

const LIST_MULTIPLIER = 10

interface CostedField {
  readonly name: string
  readonly type: unknown
  readonly args: readonly { readonly name: string }[]
}

/** What a field costs, and how often what is below it may be repeated: a page by its size, another list by ten. */
export const costOf = (args: Record<string, unknown>, _context: unknown, field: CostedField) => {
  if (field.args.some((arg) => arg.name === 'first')) {
    const size = args.first ?? args.last ?? DEFAULT_PAGE_SIZE
    // A page that is too large is refused as such, with what is wrong about it.
    const multiplier = typeof size === 'number' ? Math.min(Math.max(1, size), LARGEST_PAGE_SIZE) : DEFAULT_PAGE_SIZE
    return { field: 1, multiplier }
  }
  const type = isNonNullType(field.type) ? field.type.ofType : field.type
  // The edges of a page were counted with it.
  return { field: 1, multiplier: isListType(type) && field.name !== 'edges' ? LIST_MULTIPLIER : 1 }
}

const WHAT: Readonly<Record<string, string>> = {
  Depth: `is nested deeper than ${LIMITS.depth} levels`,
  Breadth: `has more than ${LIMITS.breadth} fields`,
  Complexity: `may cost more than ${LIMITS.cost}, counting each field as often as its lists can repeat it`,
}

/** The error of an operation that asks for too much. */
export const costError = (kind: string): KeyturnError =>
  new KeyturnError('QUERY_TOO_COMPLEX', `The operation ${WHAT[kind] ?? 'is too complex'}: ask for less at once.`)

const refusalOf = ({ depth, breadth, complexity }: Record<'depth' | 'breadth' | 'complexity', number>) => {
  if (depth > LIMITS.depth) return costError('Depth')
  if (breadth > LIMITS.breadth) return costError('Breadth')
  return complexity > LIMITS.cost ? costError('Complexity') : null
}

/**
 * The refusal of a subscription that would ask for too much with each event, or null. Other operations are measured before
 * their first field is resolved: a subscription's fields are resolved when it has long begun.
 */
export const subscriptionRefusal = (args: ExecutionArgs): KeyturnError | null => {
  const { schema, document, operationName, variableValues, contextValue } = args
  const operation = getOperationAST(document, operationName)
  if (operation == null) return null
  const variables = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues ?? {})
  // The executor says what is wrong with variables, or with a name that names no operation.
  if (variables.errors !== undefined) return null
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION)
  return refusalOf(
    complexityFromQuery(
      { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] },
      { schema, variables: variableValues ?? {}, ctx: contextValue as object },
    ),
  )
}
