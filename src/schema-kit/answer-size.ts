import { type GraphQLFieldResolver, type GraphQLSchema, getNamedType, isLeafType, isObjectType } from 'graphql'
import type { MaybePromise } from '../kernel/maybe-promise.ts'
import { answerTooLarge, LIMITS } from './limits.ts'

/** Bytes around each field of an answer: quotes, colon, comma, and its share of brackets. */
const FIELD_OVERHEAD = 6
/** Bytes of a value that is not a string: a number, an instant, a boolean. */
const SCALAR_BYTES = 24
/** Bytes of an error with its locations, path, code and issues. */
const ERROR_BYTES = 400

/** The approximate size of a value as JSON, in bytes. Counting stops above the limit. */
export const jsonBytes = (value: unknown, limit: number): number => {
  let bytes = 0
  const count = (part: unknown): void => {
    if (bytes > limit) return
    if (typeof part === 'string') bytes += Buffer.byteLength(part) + 3
    else if (typeof part !== 'object' || part === null || part instanceof Date) bytes += SCALAR_BYTES
    else if (Array.isArray(part)) {
      bytes += FIELD_OVERHEAD
      part.forEach(count)
    } else {
      bytes += FIELD_OVERHEAD
      for (const [name, inner] of Object.entries(part)) {
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
    const key = info.path.key
    answer.require()
    answer.add(String(key).length + FIELD_OVERHEAD)
    const done = (value: unknown) => {
      if (isLeaf) answer.addJson(value)
      return value
    }
    const failed = (error: unknown): never => {
      answer.addError()
      throw error
    }
    try {
      const value = resolve(source, args, context, info)
      return value instanceof Promise ? value.then(done, failed) : done(value)
    } catch (error) {
      return failed(error)
    }
  }
}

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
