import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm'
import { longText, nullable } from './schema-text.ts'

export class DeliveryRecipients1764001000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn('notification_deliveries', new TableColumn(longText('notified', nullable)))
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('notification_deliveries', 'notified')
  }
}
