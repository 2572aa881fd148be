/** Returns the credential for a request or a connection. Called for each of them, so it should cache a valid credential. */
export interface CredentialFunction {
  (): string | Promise<string>
  /** Called when the server rejected a credential. The next call should return another one, if there is one. */
  forget?(credential: string): void
}

/** A secret or token, or a function that is called for each request and each connection. */
export type CredentialSource = string | CredentialFunction

/** The credential of a client, and whether a rejected one was replaced. */
export class Credential {
  private readonly source: CredentialSource | null

  constructor(source: CredentialSource | null) {
    this.source = source
  }

  /** The credential to present; null if the client has none. */
  async get(): Promise<string | null> {
    return typeof this.source === 'function' ? this.source() : this.source
  }

  /** Whether there is a credential other than the rejected one. */
  async renews(refused: string | null): Promise<boolean> {
    if (typeof this.source !== 'function' || refused === null) return false
    this.source.forget?.(refused)
    return (await this.source()) !== refused
  }
}
