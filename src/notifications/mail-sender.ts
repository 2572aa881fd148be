import { hash } from 'node:crypto'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../persistence/database.ts'
import { type AttemptResult, failed, type Outcome, VANISHED } from './attempt.ts'
import type { Mailer, MailItem, MailResult } from './channels/mailer.ts'
import type { NotificationDeliveryRow, NotificationRouteRow } from './notification.entity.ts'
import type { MailTarget } from './notification-target.ts'
import { type BuiltPayload, buildPayload } from './payload.ts'
import { recipientsOf } from './recipients.ts'
import type { Cipher } from './route-secrets.ts'
import { summaryOf } from './summary.ts'

export interface MailSenderParts {
  readonly database: Database
  readonly clock: Clock
  readonly cipher: Cipher
  /** Null if no SMTP server is configured. */
  readonly mailer: Mailer | null
  readonly linkTo: (organizationId: string, keyId: string | null) => string
}

const NO_MAIL = failed('No SMTP server is configured. Ask the operator to set KEYTURN_SMTP_URL.')

/** The contents and recipients of the deliveries of one attempt. */
interface Digests {
  /** The items of the e-mail to each address. */
  readonly items: ReadonlyMap<string, readonly MailItem[]>
  /** The addresses of each delivery that still exists. */
  readonly recipients: ReadonlyMap<string, readonly string[]>
}

/** Attempts deliveries by e-mail. Each recipient receives one e-mail about all deliveries that are for them. */
export class MailSender {
  private readonly parts: MailSenderParts

  constructor(parts: MailSenderParts) {
    this.parts = parts
  }

  /** Makes one attempt. Recipients that an earlier attempt reached are left out. */
  async send(
    route: NotificationRouteRow,
    target: MailTarget,
    deliveries: readonly NotificationDeliveryRow[],
  ): Promise<Outcome[]> {
    const { mailer } = this.parts
    if (mailer === null) return deliveries.map((delivery) => ({ route, delivery, result: NO_MAIL }))
    const { items, recipients } = await this.collect(route, target, deliveries)
    const results = new Map<string, MailResult>()
    await Promise.all([...items].map(async ([email, own]) => void results.set(email, await mailer.send(email, own))))
    return deliveries.map((delivery) => {
      const emails = recipients.get(delivery.id)
      return { route, delivery, result: emails === undefined ? VANISHED : resultOf(delivery, emails, results) }
    })
  }

  private async collect(
    route: NotificationRouteRow,
    target: MailTarget,
    deliveries: readonly NotificationDeliveryRow[],
  ): Promise<Digests> {
    const { database, cipher, clock } = this.parts
    const items = new Map<string, MailItem[]>()
    const recipients = new Map<string, string[]>()
    await database.read(async (reader) => {
      for (const delivery of deliveries) {
        const built = await buildPayload(reader, delivery, clock.now())
        if (built === null) continue
        const notified = new Set(delivery.notified)
        const emails = await recipientsOf(reader, cipher, route, target, delivery, built)
        const open = emails.filter((email) => !notified.has(hashOf(email)))
        recipients.set(delivery.id, open)
        for (const email of open) items.set(email, [...(items.get(email) ?? []), this.itemOf(delivery, built)])
      }
    })
    return { items, recipients }
  }

  private itemOf(delivery: NotificationDeliveryRow, { payload }: BuiltPayload): MailItem {
    const { organization, key } = payload.data
    const link = this.parts.linkTo(organization.id, key?.id ?? null)
    return { deliveryId: delivery.id, summary: summaryOf(payload), link }
  }
}

const HASH_LENGTH = 32

/** Hash under which a delivery records that an address was notified. */
const hashOf = (email: string): string => hash('sha256', email.toLowerCase(), 'hex').slice(0, HASH_LENGTH)

const resultOf = (
  { notified }: NotificationDeliveryRow,
  emails: readonly string[],
  results: ReadonlyMap<string, MailResult>,
): AttemptResult => {
  const attempts = emails.flatMap((email) => {
    const result = results.get(email)
    return result === undefined ? [] : [{ email, result }]
  })
  const refusal = attempts.find(({ result }) => result.error !== null)?.result
  if (refusal !== undefined) {
    const reached = attempts.filter(({ result }) => result.error === null).map(({ email }) => hashOf(email))
    return {
      ...failed(refusal.error ?? 'The e-mail was not accepted.', refusal.status),
      notified: [...(notified ?? []), ...reached],
    }
  }
  const [first] = attempts
  if (first !== undefined || notified !== null) return { kind: 'delivered', status: first?.result.status ?? null }
  return { kind: 'void', error: 'There is no recipient for this event.' }
}
