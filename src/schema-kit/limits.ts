import { type DocumentNode, GraphQLError, Lexer, type ParseOptions, parse, Source, TokenKind } from 'graphql'
import { KeyturnError } from '../kernel/errors.ts'
import type { OperationSize } from './operation-cost.ts'

/** Limits of one operation. Each is far above what a client needs and far below what would harm the service. */
export const LIMITS = {
  /** Lexical tokens in a document. */
  tokens: 2_000,
  /** Directives in a document. */
  directives: 50,
  /** Brackets of a document that are open at the same time. */
  nesting: 100,
  /** Levels of nested fields in an operation. From here on, fragments count as expanded. */
  depth: 20,
  /** Aliases in an operation: each can repeat the cost of a field. */
  aliases: 50,
  /** Fields in an operation, each counted once. */
  breadth: 1_000,
  /** Sum of the prices of all fields, each multiplied by the lists above it. */
  cost: 50_000,
  /** Bytes of an answer: 8 MiB. */
  answerBytes: 8 * 1024 * 1024,
} as const

const LESS = 'request less in one operation.'
const documentError = (message: string) => new GraphQLError(message, { extensions: { code: 'QUERY_TOO_COMPLEX' } })

const OPENING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L])
const CLOSING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R])

/** Counts the tokens of a document up to the limit. Invalid tokens are left for the parser to report. */
const countTokens = (source: Source): GraphQLError | null => {
  const lexer = new Lexer(source)
  let [tokens, directives, open, deepest] = [0, 0, 0, 0]
  try {
    for (let { kind } = lexer.advance(); kind !== TokenKind.EOF; kind = lexer.advance().kind) {
      tokens += 1
      if (tokens > LIMITS.tokens) return documentError(`The document has more than ${LIMITS.tokens} tokens: ${LESS}`)
      if (kind === TokenKind.AT) directives += 1
      else if (OPENING.has(kind)) deepest = Math.max(deepest, ++open)
      else if (CLOSING.has(kind)) open -= 1
    }
  } catch {
    // The parser reports the same error with its location, unless the part before it already exceeds a limit.
  }
  if (deepest > LIMITS.nesting) return documentError('The document is nested too deep: reduce the nesting.')
  if (directives > LIMITS.directives)
    return documentError(`The document has ${directives} directives. The limit is ${LIMITS.directives}.`)
  return null
}

/** Parses a document within the limits of documents. Throws a GraphQLError. */
export const parseLimited = (given: string | Source, options?: ParseOptions): DocumentNode => {
  const source = typeof given === 'string' ? new Source(given) : given
  const refused = countTokens(source)
  if (refused !== null) throw refused
  return parse(source, options)
}

const tooComplex = (message: string) => new KeyturnError('QUERY_TOO_COMPLEX', message)

/** The error for an operation of this size, or null if it is within the limits. */
export const sizeRefusal = ({ depth, aliases, breadth, cost }: OperationSize): KeyturnError | null => {
  if (depth > LIMITS.depth) return tooComplex(`The operation is nested deeper than ${LIMITS.depth} levels: ${LESS}`)
  if (aliases > LIMITS.aliases) return tooComplex(`The operation has more than ${LIMITS.aliases} aliases: ${LESS}`)
  if (breadth > LIMITS.breadth) return tooComplex(`The operation has more than ${LIMITS.breadth} fields: ${LESS}`)
  if (cost > LIMITS.cost)
    return tooComplex(
      `The operation may cost more than ${LIMITS.cost}, counting each field as often as its lists can repeat it: ${LESS}`,
    )
  return null
}

/** The error for an answer above the limit. Changes that a mutation has made stay. */
export const answerTooLarge = (): KeyturnError =>
  tooComplex(`The answer has more than ${LIMITS.answerBytes} bytes: ${LESS}`)
