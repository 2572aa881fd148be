import type { MigrationInterface, QueryRunner } from 'typeorm'
import { index } from './schema-text.ts'

/** Lists of keys by last use read an index, like those by creation, name and expiry. */
export class KeyLastUses1764001000400 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createIndex('keys', index('keys_last_use', ['organization_id', 'kind', 'last_used_at', 'id']))
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex('keys', 'keys_last_use')
  }
}
