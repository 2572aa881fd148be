import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * A key whose retired secret is used can be suspended besides being revoked, and the policy says the same of leaked secrets.
 * A root organization has to state both.
 */
export class MisuseResponses1764000600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE key_policies ADD COLUMN on_retired_secret_use varchar(10)')
    await runner.query('ALTER TABLE key_policies ADD COLUMN on_leak varchar(10)')
    await runner.query(
      `UPDATE key_policies SET on_retired_secret_use =
         CASE WHEN revoke_on_retired_secret_use THEN 'REVOKE' WHEN NOT revoke_on_retired_secret_use THEN 'RECORD' END`,
    )
    await runner.query(
      `UPDATE key_policies SET on_leak = 'SUSPEND'
       WHERE organization_id IN (SELECT id FROM organizations WHERE parent_id IS NULL)`,
    )
    await runner.query('ALTER TABLE key_policies DROP COLUMN revoke_on_retired_secret_use')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE key_policies ADD COLUMN revoke_on_retired_secret_use boolean')
    await runner.query("UPDATE key_policies SET revoke_on_retired_secret_use = (on_retired_secret_use <> 'RECORD')")
    await runner.query('ALTER TABLE key_policies DROP COLUMN on_leak')
    await runner.query('ALTER TABLE key_policies DROP COLUMN on_retired_secret_use')
  }
}
