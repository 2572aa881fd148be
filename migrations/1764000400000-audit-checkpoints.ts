import type { MigrationInterface, QueryRunner, Table } from 'typeorm'
import { id, index, instant, integer, longText, primary, table, text } from './schema-text.ts'

const tables = (): Table[] => [
  table(
    'audit_checkpoints',
    [
      id('organization_id', primary),
      integer('number', primary),
      integer('sequence'),
      text('hash', 64),
      instant('signed_at'),
      text('previous_digest', 64),
      longText('signature'),
      text('kid', 64),
    ],
    [index('audit_checkpoints_sequence', ['organization_id', 'sequence'])],
  ),
  table('checkpoint_keys', [
    text('id', 64, primary),
    text('algorithm', 10),
    longText('public_jwk'),
    instant('created_at'),
    text('endorsement', 100),
  ]),
]

const CHECKPOINT_REFUSAL = 'audit checkpoints are append-only'
const KEY_REFUSAL = 'checkpoint keys are kept for ever'
/** The endorsement alone changes, with the master key. */
const KEY_COLUMNS = 'id, algorithm, public_jwk, created_at'

const SQLITE_TRIGGERS = [
  ...['UPDATE', 'DELETE'].map(
    (verb) =>
      `CREATE TRIGGER audit_checkpoints_no_${verb.toLowerCase()} BEFORE ${verb} ON audit_checkpoints
       BEGIN SELECT RAISE(ABORT, '${CHECKPOINT_REFUSAL}'); END`,
  ),
  // INSERT OR REPLACE deletes the rows in its way without asking the trigger that refuses deletions.
  `CREATE TRIGGER audit_checkpoints_no_replace BEFORE INSERT ON audit_checkpoints
   WHEN EXISTS (SELECT 1 FROM audit_checkpoints WHERE organization_id = NEW.organization_id AND number = NEW.number)
   BEGIN SELECT RAISE(ABORT, '${CHECKPOINT_REFUSAL}'); END`,
  ...[`UPDATE OF ${KEY_COLUMNS}`, 'DELETE'].map(
    (verb) =>
      `CREATE TRIGGER checkpoint_keys_no_${verb.slice(0, 6).toLowerCase()} BEFORE ${verb} ON checkpoint_keys
       BEGIN SELECT RAISE(ABORT, '${KEY_REFUSAL}'); END`,
  ),
  `CREATE TRIGGER checkpoint_keys_no_replace BEFORE INSERT ON checkpoint_keys
   WHEN EXISTS (SELECT 1 FROM checkpoint_keys WHERE id = NEW.id)
   BEGIN SELECT RAISE(ABORT, '${KEY_REFUSAL}'); END`,
]

const refusing = (name: string, refusal: string): string =>
  `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS
   $$ BEGIN RAISE EXCEPTION '${refusal}' USING ERRCODE = 'restrict_violation'; END $$`
const POSTGRES_TRIGGERS = [
  refusing('audit_checkpoints_refuse', CHECKPOINT_REFUSAL),
  `CREATE TRIGGER audit_checkpoints_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoints
   FOR EACH STATEMENT EXECUTE FUNCTION audit_checkpoints_refuse()`,
  refusing('checkpoint_keys_refuse', KEY_REFUSAL),
  `CREATE TRIGGER checkpoint_keys_no_change BEFORE UPDATE OF ${KEY_COLUMNS} OR DELETE OR TRUNCATE ON checkpoint_keys
   FOR EACH STATEMENT EXECUTE FUNCTION checkpoint_keys_refuse()`,
]

export class AuditCheckpoints1764000400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const made of tables()) await runner.createTable(made)
    const sqlite = runner.connection.options.type === 'sqlite'
    for (const statement of sqlite ? SQLITE_TRIGGERS : POSTGRES_TRIGGERS) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    const postgres = runner.connection.options.type === 'postgres'
    for (const { name } of tables().reverse()) {
      if (postgres) await runner.query(`DROP TRIGGER ${name}_no_change ON ${name}`)
      if (postgres) await runner.query(`DROP FUNCTION ${name}_refuse()`)
      await runner.dropTable(name)
    }
  }
}
