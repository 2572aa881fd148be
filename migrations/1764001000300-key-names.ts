import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Lists of keys by name read an index. Names are in code point order, which on PostgreSQL is a collation of its own. */
export class KeyNames1764001000300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const name = runner.connection.options.type === 'postgres' ? 'name COLLATE "C"' : 'name'
    await runner.query(`CREATE INDEX keys_name ON keys (organization_id, kind, ${name}, id)`)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex('keys', 'keys_name')
  }
}
