/** What a socket or a stream says, kept until the test asks for it: tests wait for messages, never for time. */
export class MessageQueue<T> {
  private readonly items: T[] = []
  private readonly takers: ((item: T) => void)[] = []

  push(item: T): void {
    const taker = this.takers.shift()
    if (taker === undefined) this.items.push(item)
    else taker(item)
  }

  /** The next message. Fails where none comes in time. */
  take(milliseconds = 20_000): Promise<T> {
    const item = this.items.shift()
    if (item !== undefined) return Promise.resolve(item)
    return new Promise<T>((resolve, reject) => {
      const taker = (taken: T) => {
        clearTimeout(timer)
        resolve(taken)
      }
      const timer = setTimeout(() => {
        this.takers.splice(this.takers.indexOf(taker), 1)
        reject(new Error(`No message came within ${milliseconds} ms.`))
      }, milliseconds)
      this.takers.push(taker)
    })
  }

  async takeMany(count: number, milliseconds = 20_000): Promise<T[]> {
    const taken: T[] = []
    while (taken.length < count) taken.push(await this.take(milliseconds))
    return taken
  }

  /** What has come and was not taken. */
  get pending(): readonly T[] {
    return this.items
  }
}
