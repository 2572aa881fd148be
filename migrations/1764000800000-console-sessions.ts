import type { MigrationInterface, QueryRunner, Table } from 'typeorm'
import { id, index, instant, integer, nullable, primary, table, text, unique } from './schema-text.ts'

const tables = (): Table[] => [
  table(
    'console_sessions',
    [
      id('id', primary),
      text('token_hash', 64),
      id('user_id'),
      id('organization_id'),
      id('key_id', nullable),
      id('secret_id', nullable),
      integer('key_epoch', nullable),
      instant('created_at'),
      instant('last_used_at'),
      instant('expires_at'),
      text('ip_address', 45, nullable),
      text('user_agent', 256, nullable),
    ],
    [
      unique('console_sessions_token', ['token_hash']),
      index('console_sessions_user', ['user_id', 'created_at', 'id']),
      index('console_sessions_key', ['key_id']),
      index('console_sessions_expiry', ['expires_at']),
      index('console_sessions_use', ['last_used_at']),
    ],
  ),
  table(
    'sign_in_codes',
    [text('code_hash', 64, primary), id('key_id'), id('secret_id'), integer('key_epoch'), instant('expires_at')],
    [index('sign_in_codes_expiry', ['expires_at'])],
  ),
]

export class ConsoleSessions1764000800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const made of tables()) await runner.createTable(made)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { name } of tables().reverse()) await runner.dropTable(name)
  }
}
