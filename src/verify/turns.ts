import { VerifyError } from './verify-error.ts'

/** Limits the number of running and of waiting tasks. */
export class Turns {
  private readonly atOnce: number
  private readonly mostWaiting: number
  private readonly waiting: (() => void)[] = []
  private running = 0

  constructor(atOnce: number, mostWaiting: number) {
    this.atOnce = atOnce
    this.mostWaiting = mostWaiting
  }

  /** Runs a task in its turn. Throws VerifyError: unavailable if too many tasks wait. */
  async take<T>(task: () => Promise<T>): Promise<T> {
    if (this.running >= this.atOnce) {
      if (this.waiting.length >= this.mostWaiting)
        throw new VerifyError('unavailable', 'Too many credentials are being verified. Try again.')
      await new Promise<void>((resolve) => this.waiting.push(resolve))
    } else this.running += 1
    try {
      return await task()
    } finally {
      const next = this.waiting.shift()
      if (next === undefined) this.running -= 1
      // The turn goes to the next.
      else next()
    }
  }
}
