import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Whether owners are told of warnings that nobody acknowledged becomes a part of the policy, which a root has to state. */
export class EscalatedWarnings1764001000200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE key_policies ADD COLUMN escalate_warnings boolean')
    await runner.query(
      `UPDATE key_policies SET escalate_warnings = TRUE
       WHERE organization_id IN (SELECT id FROM organizations WHERE parent_id IS NULL)`,
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE key_policies DROP COLUMN escalate_warnings')
  }
}
