import { Webhook } from 'standardwebhooks'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../persistence/database.ts'
import { type AttemptResult, failed, type Outcome } from './attempt.ts'
import { type GuardedHttp, type HttpAnswer, RefusedAddress } from './channels/guarded-http.ts'
import type { Mailer, MailItem, MailResult } from './channels/mailer.ts'
import { pagerDutyBody } from './channels/pagerduty.ts'
import { slackBody } from './channels/slack.ts'
import type { NotificationDeliveryRow, NotificationRouteRow } from './notification.entity.ts'
import type { MailTarget, NotificationTarget } from './notification-target.ts'
import { type BuiltPayload, buildPayload, type NotificationPayload } from './payload.ts'
import { recipientsOf } from './recipients.ts'
import { parseRetryAfter } from './retry-schedule.ts'
import { type Cipher, decryptTarget, signingSecretsOf } from './route-secrets.ts'
import { summaryOf } from './summary.ts'

export interface SenderParts {
  readonly database: Database
  readonly clock: Clock
  readonly cipher: Cipher
  readonly http: GuardedHttp
  readonly mailer: Mailer | null
  /** A page about a key, or about the organization. */
  readonly linkTo: (organizationId: string, keyId: string | null) => string
}

const VANISHED: AttemptResult = { kind: 'void', error: 'The event or its organization no longer exists.' }
const NO_MAIL = failed('No SMTP server is configured: the operator sets KEYTURN_SMTP_URL.')

/** Makes one attempt of deliveries. */
export class Sender {
  private readonly parts: SenderParts

  constructor(parts: SenderParts) {
    this.parts = parts
  }

  /** Attempts deliveries of one route; several of them in as few e-mails as possible. Never throws. */
  async send(
    route: NotificationRouteRow,
    deliveries: readonly NotificationDeliveryRow[],
    signal: AbortSignal,
  ): Promise<Outcome[]> {
    const all = (result: AttemptResult): Outcome[] => deliveries.map((delivery) => ({ route, delivery, result }))
    try {
      const target = await decryptTarget(this.parts.cipher, route)
      if (target.channel === 'EMAIL') return await this.sendMail(route, target, deliveries)
      return await Promise.all(
        deliveries.map(async (delivery) => ({
          route,
          delivery,
          result: await this.sendOne(route, target, delivery, signal),
        })),
      )
    } catch (error) {
      return all(resultOfError(error, signal))
    }
  }

  private async sendOne(
    route: NotificationRouteRow,
    target: Exclude<NotificationTarget, MailTarget>,
    delivery: NotificationDeliveryRow,
    signal: AbortSignal,
  ): Promise<AttemptResult> {
    const { clock, database, http } = this.parts
    const now = clock.now()
    try {
      const built = await database.read((reader) => buildPayload(reader, delivery, now))
      if (built === null) return VANISHED
      const { body, headers } = await this.requestOf(route, target, delivery, built.payload, now)
      return resultOf(await http.post(target.url, body, headers, signal), now)
    } catch (error) {
      return resultOfError(error, signal)
    }
  }

  private async requestOf(
    route: NotificationRouteRow,
    target: Exclude<NotificationTarget, MailTarget>,
    delivery: NotificationDeliveryRow,
    payload: NotificationPayload,
    now: Date,
  ): Promise<{ readonly body: string; readonly headers: Record<string, string> }> {
    const message = { deliveryId: delivery.id, link: this.linkOf(payload), summary: summaryOf(payload) }
    switch (target.channel) {
      case 'SLACK':
        return { body: JSON.stringify(slackBody(payload, message)), headers: {} }
      case 'PAGERDUTY':
        return { body: JSON.stringify(pagerDutyBody(target.routingKey, payload, message)), headers: {} }
      case 'WEBHOOK': {
        const body = JSON.stringify(payload)
        const secrets = await signingSecretsOf(this.parts.cipher, route, now)
        const signatures = secrets.map((secret) => new Webhook(secret).sign(delivery.id, now, body))
        return {
          body,
          headers: {
            'webhook-id': delivery.id,
            'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
            'webhook-signature': signatures.join(' '),
          },
        }
      }
    }
  }

  /** One e-mail to each recipient, about all deliveries that concern them. */
  private async sendMail(
    route: NotificationRouteRow,
    target: MailTarget,
    deliveries: readonly NotificationDeliveryRow[],
  ): Promise<Outcome[]> {
    const { mailer, database, cipher, clock } = this.parts
    if (mailer === null) return deliveries.map((delivery) => ({ route, delivery, result: NO_MAIL }))
    const digests = new Map<string, MailItem[]>()
    const recipients = new Map<string, string[]>()
    await database.read(async (reader) => {
      for (const delivery of deliveries) {
        const built = await buildPayload(reader, delivery, clock.now())
        if (built === null) continue
        const emails = await recipientsOf(reader, cipher, route, target, delivery, built)
        recipients.set(delivery.id, emails)
        for (const email of emails) digests.set(email, [...(digests.get(email) ?? []), this.itemOf(delivery, built)])
      }
    })
    const results = new Map<string, MailResult>()
    await Promise.all(
      [...digests].map(async ([email, items]) => void results.set(email, await mailer.send(email, items))),
    )
    return deliveries.map((delivery) => {
      const emails = recipients.get(delivery.id)
      if (emails === undefined) return { route, delivery, result: VANISHED }
      return { route, delivery, result: mailResultOf(emails.flatMap((email) => results.get(email) ?? [])) }
    })
  }

  private itemOf(delivery: NotificationDeliveryRow, { payload }: BuiltPayload): MailItem {
    return { deliveryId: delivery.id, summary: summaryOf(payload), link: this.linkOf(payload) }
  }

  private linkOf({ data: { organization, key } }: NotificationPayload): string {
    return this.parts.linkTo(organization.id, key?.id ?? null)
  }
}

const GONE = 410

const resultOf = ({ status, retryAfter }: HttpAnswer, now: Date): AttemptResult =>
  status >= 200 && status < 300
    ? { kind: 'delivered', status }
    : {
        kind: 'failed',
        status,
        error: `The receiver answered ${status}.`,
        retryAfterMs: parseRetryAfter(retryAfter, now),
        gone: status === GONE,
      }

const mailResultOf = (results: readonly MailResult[]): AttemptResult => {
  const [first] = results
  if (first === undefined) return { kind: 'void', error: 'Nobody is to be told of this event.' }
  const bad = results.find((result) => result.error !== null)
  return bad === undefined
    ? { kind: 'delivered', status: first.status }
    : failed(bad.error ?? 'The e-mail was not accepted.', bad.status)
}

/** What may be shown of an error: the message of an arbitrary one may hold the URL, which may hold credentials. */
const resultOfError = (error: unknown, signal: AbortSignal): AttemptResult => {
  if (signal.aborted) return { kind: 'released' }
  if (error instanceof RefusedAddress) return failed(error.message)
  const { name, code } = error as { readonly name?: string; readonly code?: unknown }
  if (name === 'TimeoutError' || code === 'UND_ERR_CONNECT_TIMEOUT')
    return failed('The receiver did not answer in time.')
  return failed(`The receiver could not be reached (${typeof code === 'string' ? code : (name ?? 'unknown')}).`)
}
