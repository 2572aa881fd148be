import type { MigrationInterface, QueryRunner, Table } from 'typeorm'
import { id, instant, integer, longText, nullable, primary, table, text } from './schema-text.ts'

const tables = (): Table[] => [
  table('audit_bases', [
    id('organization_id', primary),
    integer('sequence'),
    text('hash', 64),
    instant('signed_at'),
    longText('signature'),
    text('kid', 64),
    longText('archived_types'),
    integer('deleted_to'),
  ]),
  table('audit_retentions', [
    id('organization_id', primary),
    integer('keep_seconds', nullable),
    integer('target_sequence', nullable),
  ]),
  table('leases', [text('name', 50, primary), id('holder'), instant('expires_at')]),
]

const EVENTS_REFUSAL = 'the audit history is append-only'
const BASES_REFUSAL = 'the base of an audit log only moves forward'

/** Only what lies before the base of its log may be deleted: it was archived. */
const SQLITE_EVENTS_TRIGGER = `CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events
  WHEN OLD.sequence > COALESCE((SELECT sequence FROM audit_bases WHERE organization_id = OLD.organization_id), 0)
  BEGIN SELECT RAISE(ABORT, '${EVENTS_REFUSAL}'); END`
const SQLITE_TRIGGERS = [
  SQLITE_EVENTS_TRIGGER,
  `CREATE TRIGGER audit_bases_no_delete BEFORE DELETE ON audit_bases
   BEGIN SELECT RAISE(ABORT, '${BASES_REFUSAL}'); END`,
  `CREATE TRIGGER audit_bases_no_rewind BEFORE UPDATE ON audit_bases
   WHEN NEW.organization_id <> OLD.organization_id OR NEW.sequence < OLD.sequence OR NEW.deleted_to < OLD.deleted_to
     OR (NEW.sequence = OLD.sequence AND (NEW.hash <> OLD.hash OR NEW.signature <> OLD.signature))
   BEGIN SELECT RAISE(ABORT, '${BASES_REFUSAL}'); END`,
  // INSERT OR REPLACE deletes the row in its way without asking the trigger that refuses deletions.
  `CREATE TRIGGER audit_bases_no_replace BEFORE INSERT ON audit_bases
   WHEN EXISTS (SELECT 1 FROM audit_bases WHERE organization_id = NEW.organization_id)
   BEGIN SELECT RAISE(ABORT, '${BASES_REFUSAL}'); END`,
]

const raising = (name: string, refusal: string, condition: string): string =>
  `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS
   $$ BEGIN IF ${condition} THEN RAISE EXCEPTION '${refusal}' USING ERRCODE = 'restrict_violation'; END IF;
   RETURN NEW; END $$`
const POSTGRES_TRIGGERS = [
  'DROP TRIGGER audit_events_no_change ON audit_events',
  `CREATE TRIGGER audit_events_no_change BEFORE UPDATE OR TRUNCATE ON audit_events
   FOR EACH STATEMENT EXECUTE FUNCTION audit_events_refuse()`,
  // One look at all deleted rows costs less than a call for each. A deletion that finds nothing is refused too.
  raising(
    'audit_events_keep',
    EVENTS_REFUSAL,
    `NOT EXISTS (SELECT 1 FROM gone) OR EXISTS (
       SELECT 1 FROM gone LEFT JOIN audit_bases base ON base.organization_id = gone.organization_id
       WHERE gone.sequence > COALESCE(base.sequence, 0))`,
  ),
  `CREATE TRIGGER audit_events_no_delete AFTER DELETE ON audit_events REFERENCING OLD TABLE AS gone
   FOR EACH STATEMENT EXECUTE FUNCTION audit_events_keep()`,
  raising('audit_bases_refuse', BASES_REFUSAL, 'TRUE'),
  raising(
    'audit_bases_forward',
    BASES_REFUSAL,
    `NEW.organization_id <> OLD.organization_id OR NEW.sequence < OLD.sequence OR NEW.deleted_to < OLD.deleted_to
     OR (NEW.sequence = OLD.sequence AND (NEW.hash <> OLD.hash OR NEW.signature <> OLD.signature))`,
  ),
  `CREATE TRIGGER audit_bases_no_delete BEFORE DELETE OR TRUNCATE ON audit_bases
   FOR EACH STATEMENT EXECUTE FUNCTION audit_bases_refuse()`,
  `CREATE TRIGGER audit_bases_no_rewind BEFORE UPDATE ON audit_bases
   FOR EACH ROW EXECUTE FUNCTION audit_bases_forward()`,
]

const BEFORE_THIS = {
  sqlite: [
    'DROP TRIGGER audit_events_no_delete',
    `CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events
     BEGIN SELECT RAISE(ABORT, '${EVENTS_REFUSAL}'); END`,
  ],
  postgres: [
    'DROP TRIGGER audit_events_no_delete ON audit_events',
    'DROP TRIGGER audit_events_no_change ON audit_events',
    `CREATE TRIGGER audit_events_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
     FOR EACH STATEMENT EXECUTE FUNCTION audit_events_refuse()`,
    'DROP FUNCTION audit_events_keep()',
    'DROP TRIGGER audit_bases_no_delete ON audit_bases',
    'DROP TRIGGER audit_bases_no_rewind ON audit_bases',
    'DROP FUNCTION audit_bases_refuse()',
    'DROP FUNCTION audit_bases_forward()',
  ],
}

/** Old events of an audit log may be archived: a signed base takes their place. */
export class AuditRetention1764000900000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const sqlite = runner.connection.options.type === 'sqlite'
    for (const made of tables()) await runner.createTable(made)
    if (sqlite) await runner.query('DROP TRIGGER audit_events_no_delete')
    for (const statement of sqlite ? SQLITE_TRIGGERS : POSTGRES_TRIGGERS) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    if ((await runner.query('SELECT 1 FROM audit_bases LIMIT 1')).length > 0)
      throw new Error('Events were archived: the version before this one could not verify what is left of their logs.')
    const sqlite = runner.connection.options.type === 'sqlite'
    for (const statement of BEFORE_THIS[sqlite ? 'sqlite' : 'postgres']) await runner.query(statement)
    for (const { name } of tables().reverse()) await runner.dropTable(name)
  }
}
