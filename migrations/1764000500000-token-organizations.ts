import type { MigrationInterface, QueryRunner } from 'typeorm'
import { id, index, instant, primary, table } from './schema-text.ts'

/** For which organizations, other than the key's own, access tokens of a key were made. */
export class TokenOrganizations1764000500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      table(
        'token_organizations',
        [id('key_id', primary), id('organization_id', primary), instant('expires_at')],
        [index('token_organizations_expiry', ['expires_at'])],
      ),
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('token_organizations')
  }
}
