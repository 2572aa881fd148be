/** Beats that may be under way before the line counts as silent. */
const MOST_UNANSWERED = 2

export interface HeartbeatParts {
  /** Sends a beat on a line that carries it back. */
  readonly send: (beat: number) => void
  /** Called when beats stop coming back. */
  readonly onSilence: () => void
  /** Called when one comes back after a silence. */
  readonly onResumed: () => void
}

/**
 * Distinguishes a line that carries nothing from one on which nothing is sent: what is sent must come back.
 *
 * It counts beats and not time. Between two beats the event loop has read what had arrived, so a process that was busy or
 * suspended does not mistake its own pause for a silence of the line.
 */
export class Heartbeat {
  private readonly parts: HeartbeatParts
  private sent = 0
  private returned = 0
  private silent = false

  constructor(parts: HeartbeatParts) {
    this.parts = parts
  }

  /** Whether the last beats came back. */
  get alive(): boolean {
    return !this.silent
  }

  /** Beats since the last one that came back. */
  get unanswered(): number {
    return this.sent - this.returned
  }

  /** Begins on a line that was just opened, which carries messages. */
  begin(): void {
    this.returned = this.sent
    this.silent = false
  }

  /** To be called at an interval, each time in a turn of the event loop of its own. */
  beat(): void {
    if (this.alive && this.unanswered >= MOST_UNANSWERED) {
      this.silent = true
      this.parts.onSilence()
    }
    this.sent += 1
    this.parts.send(this.sent)
  }

  /** A beat came back. Any text may be on the line; one that was not sent counts for nothing. */
  receive(beat: number): void {
    if (!Number.isSafeInteger(beat) || beat <= this.returned || beat > this.sent) return
    this.returned = beat
    // An old beat was on its way during the silence, and proves nothing about now.
    if (this.alive || this.unanswered >= MOST_UNANSWERED) return
    this.silent = false
    this.parts.onResumed()
  }
}
