import { relativeTime } from '../terminal/dates.ts'

const NOTICE_BEFORE_MS = 7 * 86_400_000
const HEADER = 'keyturn-key-expires'

/** Reads from responses of the server when the key of the user expires, and warns of it. */
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

  /** Suppresses the warning: it was printed before, or no longer applies. */
  silence(): void {
    this.isSilent = true
  }

  /** Warns if the key expires within seven days. */
  report(note: (text: string) => void, now = new Date()): void {
    const { expiresAt } = this
    if (this.isSilent || expiresAt === null || expiresAt.getTime() - now.getTime() >= NOTICE_BEFORE_MS) return
    this.silence()
    note(
      `The key that you are logged in with expires ${relativeTime(expiresAt, now)}: rotate it with keyturn keys rotate.`,
    )
  }
}
