import { relativeTime } from '../terminal/dates.ts'

const NOTICE_BEFORE_MS = 7 * 86_400_000
const HEADER = 'keyturn-key-expires'

/** Notices from the answers of a server when the key that the user is logged in with expires. */
export class ExpiryNotice {
  private expiresAt: Date | null = null

  readonly fetch: typeof fetch = async (input, init) => {
    const response = await fetch(input, init)
    this.read(response.headers)
    return response
  }

  read(headers: Headers): void {
    const header = headers.get(HEADER)
    const instant = header === null ? null : new Date(header)
    if (instant !== null && !Number.isNaN(instant.getTime())) this.expiresAt = instant
  }

  /** Says so if the key expires within seven days. */
  report(note: (text: string) => void, now = new Date()): void {
    const { expiresAt } = this
    if (expiresAt === null || expiresAt.getTime() - now.getTime() >= NOTICE_BEFORE_MS) return
    note(
      `The key that you are logged in with expires ${relativeTime(expiresAt, now)}: rotate it with keyturn keys rotate.`,
    )
  }
}
