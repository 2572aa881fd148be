import { Webhook } from 'standardwebhooks'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../persistence/database.ts'
import { type AttemptResult, failed, type Outcome, VANISHED } from './attempt.ts'
import { type GuardedHttp, type HttpAnswer, RefusedAddress } from './channels/guarded-http.ts'
import { pagerDutyBody } from './channels/pagerduty.ts'
import { slackBody } from './channels/slack.ts'
import type { MailSender } from './mail-sender.ts'
import type { NotificationDeliveryRow, NotificationRouteRow } from './notification.entity.ts'
import type { MailTarget, NotificationTarget } from './notification-target.ts'
import { buildPayload, type NotificationPayload } from './payload.ts'
import { parseRetryAfter } from './retry-schedule.ts'
import { type Cipher, decryptTarget, signingSecretsOf } from './route-secrets.ts'
import { summaryOf } from './summary.ts'

export interface SenderParts {
  readonly database: Database
  readonly clock: Clock
  readonly cipher: Cipher
  readonly http: GuardedHttp
  readonly mail: MailSender
  /** URL of the console's page about a key, or about the organization if null. */
  readonly linkTo: (organizationId: string, keyId: string | null) => string
}

/** Makes attempts of deliveries through the channel of their route. */
export class Sender {
  private readonly parts: SenderParts

  constructor(parts: SenderParts) {
    this.parts = parts
  }

  /** Attempts deliveries of one route. E-mail combines them per recipient. Never throws. */
  async send(
    route: NotificationRouteRow,
    deliveries: readonly NotificationDeliveryRow[],
    signal: AbortSignal,
  ): Promise<Outcome[]> {
    const all = (result: AttemptResult): Outcome[] => deliveries.map((delivery) => ({ route, delivery, result }))
    try {
      const target = await decryptTarget(this.parts.cipher, route)
      if (target.channel === 'EMAIL') return await this.parts.mail.send(route, target, deliveries)
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

/** The message of an arbitrary error may contain the URL, and the URL credentials: show its code or name only. */
const resultOfError = (error: unknown, signal: AbortSignal): AttemptResult => {
  if (signal.aborted) return { kind: 'released' }
  if (error instanceof RefusedAddress) return failed(error.message)
  const { name, code } = error as { readonly name?: string; readonly code?: unknown }
  if (name === 'TimeoutError' || code === 'UND_ERR_CONNECT_TIMEOUT')
    return failed('The receiver did not answer in time.')
  return failed(`The receiver could not be reached (${typeof code === 'string' ? code : (name ?? 'unknown')}).`)
}
