/** Shows the progress of long work on standard error, if that is a terminal. */
export class Progress {
  private readonly title: string
  private readonly total: number
  private shownAt = 0
  private shown = false

  constructor(title: string, total: number) {
    this.title = title
    this.total = total
  }

  update(done: number): void {
    const now = Date.now()
    if (!process.stderr.isTTY || now - this.shownAt < 100) return
    this.shownAt = now
    this.shown = true
    process.stderr.write(`\r\u001b[K${this.title} ${done} of ${Math.max(done, this.total)}`)
  }

  /** Clears the line of the progress. */
  end(): void {
    if (this.shown) process.stderr.write('\r\u001b[K')
    this.shown = false
  }
}
