import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm'
import { id, index, nullable } from './schema-text.ts'

/** Which key a key was created with, and which key an invitation was made with. */
export class CredentialDescent1764000300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn('keys', new TableColumn(id('created_with_key_id', nullable)))
    await runner.createIndex('keys', index('keys_created_with', ['created_with_key_id']))
    await runner.addColumn('invitations', new TableColumn(id('invited_with_key_id', nullable)))
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('invitations', 'invited_with_key_id')
    await runner.dropIndex('keys', 'keys_created_with')
    await runner.dropColumn('keys', 'created_with_key_id')
  }
}
