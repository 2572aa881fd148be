import { type GraphQLFieldResolver, type GraphQLSchema, getNamedType, isLeafType, isObjectType } from 'graphql'
import type { MaybePromise } from '../kernel/maybe-promise.ts'
import { answerTooLarge, LIMITS } from './limits.ts'

/** Bytes around each field of an answer: quotes, colon, comma, and its share of brackets. */
const FIELD_OVERHEAD = 6
/** Bytes of a value that is not a string: a number, an instant, a boolean. */
const SCALAR_BYTES = 24
/** Bytes of an error with its locations, path, code and issues. */
const ERROR_BYTES = 400

/** The approximate size of a value that is neither a list nor an object, as JSON, in bytes; null for these. */
const scalarBytes = (value: unknown): number | null => {
  if (typeof value === 'string') return Buffer.byteLength(value) + 3
  return typeof value !== 'object' || value === null || value instanceof Date ? SCALAR_BYTES : null
}

/** The approximate size of a value as JSON, in bytes. Counting stops above the limit. */
export const jsonBytes = (value: unknown, limit: number): number => scalarBytes(value) ?? nestedBytes(value, limit)

const nestedBytes = (value: unknown, limit: number): number => {
  let bytes = 0
  const count = (part: unknown): void => {
    if (bytes > limit) return
    const scalar = scalarBytes(part)
    bytes += scalar ?? FIELD_OVERHEAD
    if (scalar !== null) return
    if (Array.isArray(part)) part.forEach(count)
    else {
      for (const [name, inner] of Object.entries(part as object)) {
        bytes += name.length + FIELD_OVERHEAD
        count(inner)
      }
    }
  }
  count(value)
  return bytes
}

/** Counts the bytes of one answer while its fields are resolved. */
export class AnswerSize {
  private bytes = 0

  get exceeded(): boolean {
    return this.bytes > LIMITS.answerBytes
  }

  add(bytes: number): void {
    this.bytes += bytes
  }

  /** Counts a value that no counted field resolved. */
  addJson(value: unknown): void {
    this.bytes += jsonBytes(value, LIMITS.answerBytes)
  }

  addError(): void {
    this.bytes += ERROR_BYTES
  }

  /** Forgets what was counted, before the operation is executed again from the start. */
  clear(): void {
    this.bytes = 0
  }

  /** Throws QUERY_TOO_COMPLEX if the answer is already too large, so that no more fields are resolved. */
  require(): void {
    if (this.exceeded) throw answerTooLarge()
  }
}

interface Counting {
  readonly answer: AnswerSize
}
type Resolver = GraphQLFieldResolver<unknown, Counting>

const countingResolver = (resolve: Resolver, isLeaf: boolean): Resolver => {
  return (source, args, context, info): MaybePromise<unknown> => {
    const { answer } = context
    const { key } = info.path
    answer.require()
    answer.add((typeof key === 'string' ? key.length : 0) + FIELD_OVERHEAD)
    let value: unknown
    try {
      value = resolve(source, args, context, info)
    } catch (error) {
      answer.addError()
      throw error
    }
    if (value instanceof Promise) return counted(value, answer, isLeaf)
    if (isLeaf) answer.addJson(value)
    return value
  }
}

const counted = (resolving: Promise<unknown>, answer: AnswerSize, isLeaf: boolean): Promise<unknown> =>
  resolving.then(
    (value) => {
      if (isLeaf) answer.addJson(value)
      return value
    },
    (error: unknown) => {
      answer.addError()
      throw error
    },
  )

/**
 * Wraps every resolver of the schema so that it counts the bytes that it adds to the answer, and fails above the limit.
 * Introspection fields are shared by all schemas of graphql-js; an answer with them is counted when it is complete.
 */
export const countAnswers = (schema: GraphQLSchema): GraphQLSchema => {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields())) {
      const { resolve } = field
      if (resolve === undefined) continue
      field.resolve = countingResolver(resolve as Resolver, isLeafType(getNamedType(field.type)))
    }
  }
  return schema
}
