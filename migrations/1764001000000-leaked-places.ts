import type { MigrationInterface, QueryRunner } from 'typeorm'
import { id, instant, primary, table, text } from './schema-text.ts'

export class LeakedPlaces1764001000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      table('leaked_places', [id('secret_id', primary), text('place', 64, primary), instant('reported_at')]),
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('leaked_places')
  }
}
