import { type GraphQLFieldResolver, type GraphQLSchema, getNamedType, isLeafType, isObjectType } from 'graphql'
import type { MaybePromise } from '../kernel/maybe-promise.ts'
import { answerTooLarge, LIMITS } from './limits.ts'

/** Bytes around each field of an answer: quotes, colon, comma, and its share of brackets. */
const AROUND = 6
/** Bytes of what is no text: a number, an instant, true. */
const OF_OTHERS = 24
/** Bytes of an error with its place, path, code and issues. */
const OF_ERROR = 400

/** About how many bytes a value has as JSON. Stops counting beyond the limit. */
export const jsonBytes = (value: unknown, limit: number): number => {
  let bytes = 0
  const count = (part: unknown): void => {
    if (bytes > limit) return
    if (typeof part === 'string') bytes += Buffer.byteLength(part) + 3
    else if (typeof part !== 'object' || part === null || part instanceof Date) bytes += OF_OTHERS
    else if (Array.isArray(part)) {
      bytes += AROUND
      part.forEach(count)
    } else {
      bytes += AROUND
      for (const [name, inner] of Object.entries(part)) {
        bytes += name.length + AROUND
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

  /** Counts a value that was put together elsewhere. */
  addJson(value: unknown): void {
    this.bytes += jsonBytes(value, LIMITS.answerBytes)
  }

  addError(): void {
    this.bytes += OF_ERROR
  }

  /** Throws QUERY_TOO_COMPLEX where the answer is too large already: nothing more is resolved for it. */
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
    answer.add(String(key).length + AROUND)
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
 * Makes every field of the schema count what it adds to the answer, and stop where that is too large. The fields of
 * introspection belong to graphql-js and all its schemas; an answer that has them is counted when it is complete.
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
