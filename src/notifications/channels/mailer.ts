import { createTransport, type Transporter } from 'nodemailer'

export interface MailSettings {
  /** `smtp://user:password@host:port` or `smtps://`. */
  readonly url: string
  readonly from: string
}

/** One notification in an e-mail. */
export interface MailItem {
  readonly deliveryId: string
  readonly summary: string
  readonly link: string
}

export interface MailResult {
  /** SMTP reply code; null if the server sent none. */
  readonly status: number | null
  /** Null if the server accepted the e-mail. */
  readonly error: string | null
}

const TIMEOUT_MS = 15_000
const MOST_CONNECTIONS = 4

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

interface SmtpError {
  readonly responseCode?: number
  readonly code?: string
}

/** Sends e-mail by SMTP (RFC 5321). */
export class Mailer {
  private readonly transport: Transporter
  private readonly from: string

  constructor({ url, from }: MailSettings) {
    this.from = from
    this.transport = createTransport({
      url,
      pool: true,
      maxConnections: MOST_CONNECTIONS,
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    })
  }

  /** Sends one e-mail about all of the items to one recipient. Never throws. */
  async send(to: string, items: readonly MailItem[]): Promise<MailResult> {
    const [first] = items
    if (first === undefined) return { status: null, error: null }
    const subject = items.length === 1 ? first.summary : `${items.length} notifications of Keyturn`
    try {
      const info: { readonly response?: string | undefined } = await this.transport.sendMail({
        from: this.from,
        to: { name: '', address: to },
        subject,
        text: items.map(({ summary, link }) => `${summary}\n${link}\n`).join('\n'),
        html: `<ul>${items
          .map(({ summary, link }) => `<li>${escaped(summary)} <a href="${escaped(link)}">Open in Keyturn</a></li>`)
          .join('')}</ul>`,
        headers: { 'x-keyturn-deliveries': items.map(({ deliveryId }) => deliveryId).join(' ') },
      })
      const code = Number(info.response?.slice(0, 3))
      return { status: Number.isInteger(code) ? code : null, error: null }
    } catch (error) {
      // The message of the error may contain the credentials: show its codes only.
      const { responseCode, code } = error as SmtpError
      if (responseCode !== undefined)
        return { status: responseCode, error: `The SMTP server answered ${responseCode}.` }
      return { status: null, error: `The SMTP server did not accept the e-mail (${code ?? 'unknown'}).` }
    }
  }

  close(): void {
    this.transport.close()
  }
}
