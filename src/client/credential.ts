/** Gives the credential for each request and each connection. It may be called often, so it keeps what is still valid. */
export interface CredentialFunction {
  (): string | Promise<string>
  /** Called when the server refused a credential: the next call must not return the same one, if there can be another. */
  forget?(credential: string): void
}

/** A secret or token, or a function that is called for each request and each connection. */
export type CredentialSource = string | CredentialFunction

/** Asks for the credential again and again, and notices a refused one that is replaced by another. */
export class Credential {
  private readonly source: CredentialSource | null

  constructor(source: CredentialSource | null) {
    this.source = source
  }

  /** The credential to present; null where the client has none of its own. */
  async get(): Promise<string | null> {
    return typeof this.source === 'function' ? this.source() : this.source
  }

  /** Whether there is another credential than the one that was refused. */
  async renews(refused: string | null): Promise<boolean> {
    if (typeof this.source !== 'function' || refused === null) return false
    this.source.forget?.(refused)
    return (await this.source()) !== refused
  }
}
