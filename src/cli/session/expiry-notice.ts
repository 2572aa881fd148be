import { relativeTime } from '../terminal/dates.ts'

const NOTICE_BEFORE_MS = 7 * 86_400_000
const HEADER = 'keyturn-key-expires'

/** Notices from the answers of a server when the key that the user is logged in with expires. */
export class ExpiryNotice {
  private expiresAt: Date | null = null
  private isSilent = false

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

  /** Nothing is to be said: it was said before, or is no longer so. */
  silence(): void {
    this.isSilent = true
  }

  /** Says so if the key expires within seven days. */
  report(note: (text: string) => void, now = new Date()): void {
    const { expiresAt } = this
    if (this.isSilent || expiresAt === null || expiresAt.getTime() - now.getTime() >= NOTICE_BEFORE_MS) return
    this.silence()
    note(
      `The key that you are logged in with expires ${relativeTime(expiresAt, now)}: rotate it with keyturn keys rotate.`,
    )
  }
}
