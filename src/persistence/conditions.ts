import { anyOf } from './any-of.ts'
import type { Reader } from './reader.ts'

/** The conditions of a query, all of which must hold, with `?` placeholders and their values. */
export class Conditions {
  private readonly reader: Reader
  private readonly texts: string[] = []
  readonly parameters: unknown[] = []

  constructor(reader: Reader) {
    this.reader = reader
  }

  /** Adds a condition. Its values are those of its placeholders, in their order. */
  and(text: string, ...values: readonly unknown[]): this {
    this.texts.push(text)
    this.parameters.push(...values)
    return this
  }

  /** Adds the condition that a column is any of the texts; for no texts, one that never holds. */
  andAny(column: string, texts: readonly string[]): this {
    if (texts.length === 0) return this.and('1 = 0')
    const { condition, parameter } = anyOf(this.reader, texts)
    return this.and(`${column} ${condition}`, parameter)
  }

  /** What follows WHERE. */
  get text(): string {
    return this.texts.map((text) => `(${text})`).join(' AND ')
  }
}
