/** Exit codes of every command. */
export const EXIT = {
  /** Refused by the server, or failed. */
  failed: 1,
  wrongUsage: 2,
  notLoggedIn: 3,
  /** EX_CONFIG of sysexits.h. */
  badConfiguration: 78,
} as const

/** An expected failure of a command. The message says what to do; it is printed on standard error in one line. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly exitCode: number

  constructor(exitCode: (typeof EXIT)[keyof typeof EXIT], message: string) {
    super(message)
    this.exitCode = exitCode
  }
}

export const failed = (message: string) => new CommandError(EXIT.failed, message)
export const wrongUsage = (message: string) => new CommandError(EXIT.wrongUsage, message)
export const notLoggedIn = (message: string) => new CommandError(EXIT.notLoggedIn, message)
