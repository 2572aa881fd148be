import { type DocumentNode, GraphQLError, Lexer, type ParseOptions, parse, Source, TokenKind } from 'graphql'
import { KeyturnError } from '../kernel/errors.ts'
import type { OperationSize } from './operation-cost.ts'

/** How much one operation may ask for. Each is far beyond what a client needs, and far below what would hurt. */
export const LIMITS = {
  /** Lexical tokens of a document. */
  tokens: 2_000,
  /** Directives of a document. */
  directives: 50,
  /** Brackets of a document that are open at once. */
  nesting: 100,
  /** Levels of nested fields of an operation, its fragments expanded like in all that follows. */
  depth: 20,
  /** Aliases of an operation: each may repeat what a field costs. */
  aliases: 50,
  /** Fields of an operation, each counted once. */
  breadth: 1_000,
  /** Prices of an operation's fields, each counted as often as its lists may repeat it. */
  cost: 50_000,
  /** Bytes of an answer: 8 MiB. */
  answerBytes: 8 * 1024 * 1024,
} as const

const LESS = 'ask for less at once.'
const documentError = (message: string) => new GraphQLError(message, { extensions: { code: 'QUERY_TOO_COMPLEX' } })

const OPENING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L])
const CLOSING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R])

/** Counts the document's tokens, and stops where there are too many. What is no token is left for the parser to report. */
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
    // The parser finds the same fault and says where it is, unless the part before it is too much already.
  }
  if (deepest > LIMITS.nesting) return documentError('The document is nested too deep to be read.')
  if (directives > LIMITS.directives)
    return documentError(`The document has ${directives} directives: at most ${LIMITS.directives} are taken.`)
  return null
}

/** Reads a document within the limits of documents. Throws a GraphQLError. */
export const parseLimited = (given: string | Source, options?: ParseOptions): DocumentNode => {
  const source = typeof given === 'string' ? new Source(given) : given
  const refused = countTokens(source)
  if (refused !== null) throw refused
  return parse(source, options)
}

const tooComplex = (message: string) => new KeyturnError('QUERY_TOO_COMPLEX', message)

/** The refusal of an operation of this size, or null where it is within the limits of operations. */
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

/** The refusal of an answer that grew beyond its limit. What a mutation changed before stays changed. */
export const answerTooLarge = (): KeyturnError =>
  tooComplex(`The answer has more than ${LIMITS.answerBytes} bytes: ${LESS}`)
