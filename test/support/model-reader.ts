import type { EntityManager } from 'typeorm'
import { Reader } from '../../src/persistence/database.ts'

/** Answers a query with `?` placeholders. */
export type AnswerQuery = (sql: string, parameters: readonly unknown[]) => Promise<readonly object[]>

/** A reader of a database that a test plays. The query builder has nothing to work on. */
export class ModelReader extends Reader {
  private readonly answer: AnswerQuery

  constructor(answer: AnswerQuery) {
    super('postgres', {} as EntityManager)
    this.answer = answer
  }

  override async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return (await this.answer(sql, parameters)) as Row[]
  }
}
