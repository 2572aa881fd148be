import type { MigrationInterface, QueryRunner, Table } from 'typeorm'
import { id, index, instant, longText, nullable, primary, table, text } from './schema-text.ts'

const tables = (): Table[] => [
  table(
    'signing_keys',
    [
      text('id', 64, primary),
      text('algorithm', 10),
      text('state', 10),
      longText('public_jwk'),
      longText('private_jwe'),
      instant('created_at'),
      instant('current_from', nullable),
      instant('published_until', nullable),
    ],
    [index('signing_keys_state', ['state'])],
  ),
  table(
    'revoked_tokens',
    [id('id', primary), id('key_id'), instant('expires_at')],
    [index('revoked_tokens_expiry', ['expires_at'])],
  ),
]

export class AccessTokens1764000100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const made of tables()) await runner.createTable(made)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const made of tables().reverse()) await runner.dropTable(made.name)
  }
}
