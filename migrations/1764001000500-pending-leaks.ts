import type { MigrationInterface, QueryRunner } from 'typeorm'
import { id, instant, integer, longText, nullable, primary, table, text } from './schema-text.ts'

export class PendingLeaks1764001000500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      table('pending_leaks', [
        id('id', primary),
        text('kind', 10),
        id('organization_id', nullable),
        text('reported_by', 20),
        instant('reported_at'),
        text('request_id', 128, nullable),
        text('ip_address', 45, nullable),
        text('user_agent', 256, nullable),
        integer('size'),
        longText('leaks'),
      ]),
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('pending_leaks')
  }
}
