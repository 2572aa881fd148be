import type { MigrationInterface, QueryRunner, Table } from 'typeorm'
import { flag, id, index, instant, integer, longText, nullable, primary, table, text, unique } from './schema-text.ts'

// Made anew for each run: the query runner notes in a Table what it has done with it.
const tables = (): Table[] => [
  table(
    'organizations',
    [
      id('id', primary),
      id('parent_id', nullable),
      longText('ancestor_ids'),
      text('name', 100),
      text('slug', 100),
      id('slug_scope'),
      instant('created_at'),
    ],
    [unique('organizations_slug', ['slug_scope', 'slug']), index('organizations_parent', ['parent_id'])],
  ),
  table(
    'modules',
    [id('id', primary), id('organization_id'), text('name', 50), text('description', 1000, nullable), flag('built_in')],
    [unique('modules_name', ['organization_id', 'name'])],
  ),
  table(
    'projects',
    [id('id', primary), id('organization_id'), text('name', 100), text('slug', 100), instant('created_at')],
    [unique('projects_slug', ['organization_id', 'slug'])],
  ),
  table('key_policies', [
    id('organization_id', primary),
    integer('maximum_lifetime', nullable),
    integer('default_lifetime', nullable),
    flag('expiry_required', nullable),
    longText('warn_before', nullable),
    integer('maximum_overlap', nullable),
    integer('maximum_active_keys', nullable),
    integer('access_token_lifetime', nullable),
    flag('revoke_on_retired_secret_use', nullable),
    integer('revoke_unused_after', nullable),
  ]),
  table(
    'users',
    [id('id', primary), text('name', 100), text('email', 320), flag('server_owner'), instant('created_at')],
    [unique('users_email', ['email'])],
  ),
  table(
    'members',
    [id('id', primary), id('organization_id'), id('user_id'), longText('grants'), instant('joined_at')],
    [
      unique('members_user', ['organization_id', 'user_id']),
      index('members_by_user', ['user_id']),
      index('members_joined', ['organization_id', 'joined_at', 'id']),
    ],
  ),
  table(
    'invitations',
    [
      id('id', primary),
      id('organization_id'),
      text('email', 320),
      longText('grants'),
      text('token_hash', 64),
      text('invited_by_kind', 10),
      id('invited_by_id', nullable),
      instant('created_at'),
      instant('expires_at'),
      instant('accepted_at', nullable),
      instant('revoked_at', nullable),
    ],
    [unique('invitations_token', ['token_hash']), index('invitations_email', ['organization_id', 'email'])],
  ),
  table(
    'audit_events',
    [
      id('organization_id', primary),
      integer('sequence', primary),
      id('id'),
      text('type', 40),
      instant('occurred_at'),
      text('actor_kind', 10),
      id('actor_id', nullable),
      text('actor_name', 320, nullable),
      id('target_id', nullable),
      text('target_name', 320, nullable),
      longText('details'),
      text('request_id', 128, nullable),
      text('ip_address', 45, nullable),
      text('user_agent', 256, nullable),
      text('previous_hash', 64),
      text('hash', 64),
    ],
    [
      unique('audit_events_id', ['id']),
      index('audit_events_type', ['organization_id', 'type', 'sequence']),
      index('audit_events_actor', ['organization_id', 'actor_id', 'sequence']),
      index('audit_events_target', ['organization_id', 'target_id', 'sequence']),
      index('audit_events_time', ['organization_id', 'occurred_at', 'sequence']),
    ],
  ),
  table(
    'audit_heads',
    [id('organization_id', primary), integer('sequence'), text('hash', 64), instant('occurred_at')],
    [index('audit_heads_time', ['occurred_at'])],
  ),
  table(
    'keys',
    [
      id('id', primary),
      text('kind', 20),
      id('organization_id'),
      id('project_id', nullable),
      id('owner_id', nullable),
      text('name', 100),
      text('active_name', 100, nullable),
      text('name_scope', 73),
      text('description', 1000, nullable),
      longText('search_text'),
      longText('grants', nullable),
      instant('created_at'),
      text('created_by_kind', 10),
      id('created_by_id', nullable),
      text('created_by_name', 320, nullable),
      instant('expires_at', nullable),
      instant('lifetime_from'),
      integer('lifetime_seconds', nullable),
      longText('warn_before', nullable),
      integer('warned_at', nullable),
      instant('due_at', nullable),
      instant('expiry_recorded_at', nullable),
      longText('allowed_ips'),
      longText('metadata'),
      instant('suspended_at', nullable),
      id('suspended_by_id', nullable),
      instant('revoked_at', nullable),
      text('revocation_reason', 20, nullable),
      integer('token_epoch'),
      instant('last_used_at', nullable),
      longText('last_used_from'),
      instant('previous_expires_at', nullable),
      instant('previous_lifetime_from', nullable),
      instant('unused_warned_at', nullable),
    ],
    [
      unique('keys_active_name', ['name_scope', 'active_name']),
      index('keys_due', ['due_at']),
      index('keys_created', ['organization_id', 'kind', 'created_at', 'id']),
      index('keys_expires', ['organization_id', 'kind', 'expires_at', 'id']),
      index('keys_owner', ['owner_id']),
    ],
  ),
  table(
    'key_secrets',
    [
      id('id', primary),
      id('key_id'),
      text('hash', 64),
      text('hint', 40),
      text('state', 10),
      instant('created_at'),
      instant('valid_until', nullable),
      integer('overlap_from_first_use', nullable),
      instant('last_used_at', nullable),
    ],
    [unique('key_secrets_hash', ['hash']), index('key_secrets_key', ['key_id', 'created_at'])],
  ),
  table(
    'expiry_warnings',
    [
      id('id', primary),
      id('organization_id'),
      integer('sequence'),
      id('key_id'),
      integer('threshold'),
      instant('expires_at'),
      instant('created_at'),
      instant('acknowledged_at', nullable),
      text('acknowledged_by_kind', 10, nullable),
      id('acknowledged_by_id', nullable),
      text('acknowledged_by_name', 320, nullable),
    ],
    [
      unique('expiry_warnings_once', ['key_id', 'expires_at', 'threshold']),
      unique('expiry_warnings_sequence', ['organization_id', 'sequence']),
    ],
  ),
]

const REFUSAL = 'the audit history is append-only'

// The history is only ever added to, by whatever program holds the connection.
const SQLITE_TRIGGERS = [
  ...['UPDATE', 'DELETE'].map(
    (verb) =>
      `CREATE TRIGGER audit_events_no_${verb.toLowerCase()} BEFORE ${verb} ON audit_events
       BEGIN SELECT RAISE(ABORT, '${REFUSAL}'); END`,
  ),
  // INSERT OR REPLACE deletes the rows in its way without asking the trigger that refuses deletions.
  `CREATE TRIGGER audit_events_no_replace BEFORE INSERT ON audit_events
   WHEN EXISTS (SELECT 1 FROM audit_events WHERE organization_id = NEW.organization_id AND sequence = NEW.sequence)
     OR EXISTS (SELECT 1 FROM audit_events WHERE id = NEW.id)
   BEGIN SELECT RAISE(ABORT, '${REFUSAL}'); END`,
]
const POSTGRES_TRIGGERS = [
  `CREATE FUNCTION audit_events_refuse() RETURNS trigger LANGUAGE plpgsql AS
   $$ BEGIN RAISE EXCEPTION '${REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$`,
  `CREATE TRIGGER audit_events_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
   FOR EACH STATEMENT EXECUTE FUNCTION audit_events_refuse()`,
]

export class KeysAuditAndExpiry1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const made of tables()) await runner.createTable(made)
    const sqlite = runner.connection.options.type === 'sqlite'
    for (const statement of sqlite ? SQLITE_TRIGGERS : POSTGRES_TRIGGERS) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    if (runner.connection.options.type === 'postgres') {
      await runner.query('DROP TRIGGER audit_events_no_change ON audit_events')
      await runner.query('DROP FUNCTION audit_events_refuse()')
    }
    for (const made of tables().reverse()) await runner.dropTable(made.name)
  }
}
