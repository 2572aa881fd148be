/** Number of unanswered beats after which the connection counts as silent. */
const MAX_UNANSWERED = 2

export interface HeartbeatParts {
  /** Sends a beat over the connection, which must return it. */
  readonly send: (beat: number) => void
  /** Called when beats are no longer returned. */
  readonly onSilence: () => void
  /** Called when a beat is returned after a silence. */
  readonly onResumed: () => void
}

/**
 * Distinguishes a connection that delivers nothing from an idle one: each beat must be returned. It counts beats and not
 * time. Between two beats the event loop reads what has arrived, so a process that was suspended does not mistake its pause
 * for a silence.
 */
export class Heartbeat {
  private readonly parts: HeartbeatParts
  private sent = 0
  private returned = 0
  private silent = false

  constructor(parts: HeartbeatParts) {
    this.parts = parts
  }

  /** Whether the last beats were returned. */
  get alive(): boolean {
    return !this.silent
  }

  /** Number of beats since the last returned one. */
  get unanswered(): number {
    return this.sent - this.returned
  }

  /** Starts on a new connection. */
  begin(): void {
    this.returned = this.sent
    this.silent = false
  }

  /** Sends a beat. Call it at an interval, each time in its own iteration of the event loop. */
  beat(): void {
    if (this.alive && this.unanswered >= MAX_UNANSWERED) {
      this.silent = true
      this.parts.onSilence()
    }
    this.sent += 1
    this.parts.send(this.sent)
  }

  /** Receives a returned beat. Ignores numbers that were not sent: others can write to the channel. */
  receive(beat: number): void {
    if (!Number.isSafeInteger(beat) || beat <= this.returned || beat > this.sent) return
    this.returned = beat
    // An old beat may have been in transit during the silence, and proves nothing about now.
    if (this.alive || this.unanswered >= MAX_UNANSWERED) return
    this.silent = false
    this.parts.onResumed()
  }
}
