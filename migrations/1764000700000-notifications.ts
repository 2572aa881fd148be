import type { MigrationInterface, QueryRunner, Table } from 'typeorm'
import { flag, id, index, instant, integer, longText, nullable, primary, table, text } from './schema-text.ts'

const tables = (): Table[] => [
  table(
    'notification_routes',
    [
      id('id', primary),
      id('organization_id'),
      text('name', 100),
      text('channel', 10),
      longText('target_jwe'),
      longText('target_hint'),
      longText('signing_jwe', nullable),
      longText('previous_signing_jwe', nullable),
      instant('previous_signing_until', nullable),
      longText('types'),
      integer('maximum_threshold', nullable),
      id('project_id', nullable),
      flag('built_in'),
      flag('enabled'),
      text('disabled_reason', 300, nullable),
      integer('position'),
      integer('redeliver_until'),
      instant('failing_since', nullable),
      instant('created_at'),
    ],
    [index('notification_routes_organization', ['organization_id', 'created_at', 'id'])],
  ),
  table(
    'notification_deliveries',
    [
      id('id', primary),
      id('route_id'),
      id('organization_id'),
      integer('sequence', nullable),
      id('event_id', nullable),
      id('subject_id'),
      flag('escalated'),
      text('status', 10),
      integer('attempts'),
      instant('created_at'),
      instant('last_attempt_at', nullable),
      instant('next_attempt_at', nullable),
      instant('delivered_at', nullable),
      integer('response_status', nullable),
      text('error', 300, nullable),
    ],
    [
      index('notification_deliveries_due', ['route_id', 'status', 'next_attempt_at']),
      index('notification_deliveries_subject', ['route_id', 'subject_id', 'status', 'sequence']),
      index('notification_deliveries_page', ['route_id', 'created_at', 'id']),
      index('notification_deliveries_event', ['organization_id', 'sequence']),
      index('notification_deliveries_age', ['status', 'created_at']),
    ],
  ),
  table('notification_incidents', [id('route_id', primary), id('key_id', primary)]),
]

export class Notifications1764000700000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const made of tables()) await runner.createTable(made)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { name } of tables().reverse()) await runner.dropTable(name)
  }
}
