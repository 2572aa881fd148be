type Stop = () => unknown

/** What has been started, to be stopped in reverse order. */
export class StopStack {
  private readonly stops: Stop[] = []

  /** Adds what stops the thing that has just been started. */
  push(stop: Stop): void {
    this.stops.push(stop)
  }

  /** Starts a part. It is stopped also after a start that fails half way. */
  async start(part: { start(): unknown; stop(): unknown }): Promise<void> {
    this.push(() => part.stop())
    await part.start()
  }

  /**
   * Stops everything, the newest first, each when the one before has stopped. A stop that fails keeps no other from
   * running; the first failure is thrown at the end. A second call has nothing to stop.
   */
  async stop(): Promise<void> {
    const faults: unknown[] = []
    for (let stop = this.stops.pop(); stop !== undefined; stop = this.stops.pop()) {
      try {
        await stop()
      } catch (error) {
        faults.push(error)
      }
    }
    if (faults.length > 0) throw faults[0]
  }
}

/**
 * Starts something of several parts. Where a part does not start, those started before it are stopped, and its error is
 * thrown.
 *
 * @param onFault receives the error of a part that could not be stopped then
 */
export const startOrStop = async <T>(
  start: (stack: StopStack) => Promise<T>,
  onFault: (error: unknown) => void,
): Promise<T> => {
  const stack = new StopStack()
  try {
    return await start(stack)
  } catch (error) {
    await stack.stop().catch(onFault)
    throw error
  }
}
