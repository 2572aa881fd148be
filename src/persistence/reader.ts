import type { EntityManager, ObjectLiteral, SelectQueryBuilder } from 'typeorm'
import type { Engine } from './data-source.ts'
import type { RowMapping } from './row-mapping.ts'

/** Access for queries. Every query of a store takes a Reader or a Writer, so that its transaction is explicit. */
export class Reader {
  readonly engine: Engine
  readonly manager: EntityManager

  constructor(engine: Engine, manager: EntityManager) {
    this.engine = engine
    this.manager = manager
  }

  /** Runs raw SQL with `?` placeholders, for queries that the query builder cannot express or makes too slow. */
  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    if (this.engine === 'sqlite') return this.manager.query(sql, [...parameters])
    let position = 0
    return this.manager.query(
      sql.replace(/\?/g, () => `$${++position}`),
      [...parameters],
    )
  }

  /**
   * Reads whole rows of a table.
   *
   * @param rest the query after its columns, with `?` placeholders: `FROM keys WHERE ...`
   */
  async rows<Row>(mapping: RowMapping<Row>, rest: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    const { columns, names, rowOf } = mapping
    if (this.engine === 'sqlite') {
      // One text for all rows: the driver takes longer to hand over each value of each row than to read them.
      const sql = `SELECT json_group_array(json_array(${columns})) AS found FROM (SELECT ${columns} ${rest})`
      const [answer] = await this.query<{ found: string }>(sql, parameters)
      return (JSON.parse(answer?.found ?? '[]') as unknown[][]).map(rowOf)
    }
    const found = await this.query<Readonly<Record<string, unknown>>>(`SELECT ${columns} ${rest}`, parameters)
    return found.map((stored) => rowOf(names.map((name) => stored[name])))
  }
}

/** A Reader inside a write transaction. */
export class Writer extends Reader {
  private readonly hooks: (() => void)[] = []
  private readonly preparations: (() => Promise<void>)[] = []
  private proof: ((reader: Reader) => Promise<boolean>) | null = null

  /** Adds work that runs inside the transaction, just before the commit. An error rolls the transaction back. */
  beforeCommit(preparation: () => Promise<void>): void {
    this.preparations.push(preparation)
  }

  async prepare(): Promise<void> {
    for (const preparation of this.preparations) await preparation()
  }

  /**
   * Tells how to find out whether this transaction is committed, where its COMMIT has no answer.
   *
   * @param proof looks for something that only this transaction writes
   */
  proveWith(proof: (reader: Reader) => Promise<boolean>): void {
    this.proof = proof
  }

  /** Whether what only this transaction writes is there; false where it has written nothing of that kind. */
  async proves(reader: Reader): Promise<boolean> {
    return this.proof === null ? false : this.proof(reader)
  }

  /** Adds work that runs after the commit and before `write` returns. It does not run after a rollback. */
  afterCommit(hook: () => void): void {
    this.hooks.push(hook)
  }

  committed(): void {
    for (const hook of this.hooks) hook()
  }

  /** What a SELECT ends with to lock its rows until the transaction ends. SQLite has a single writer and needs no lock. */
  get forUpdate(): string {
    return this.engine === 'postgres' ? ' FOR UPDATE' : ''
  }

  /** Locks the rows that the query finds until the transaction ends. SQLite has a single writer and needs no lock. */
  lock<T extends ObjectLiteral>(query: SelectQueryBuilder<T>): SelectQueryBuilder<T> {
    return this.engine === 'postgres' ? query.setLock('pessimistic_write') : query
  }
}
