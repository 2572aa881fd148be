import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * Events name the credential that acted. Plain statements: to add a column, TypeORM rebuilds a table on SQLite, and the
 * triggers that keep events from being changed would be lost with the old one.
 */
export class EventCredentials1764000200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE audit_events ADD COLUMN credential_id varchar(36)')
    await runner.query('ALTER TABLE audit_events ADD COLUMN token_id varchar(36)')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE audit_events DROP COLUMN token_id')
    await runner.query('ALTER TABLE audit_events DROP COLUMN credential_id')
  }
}
