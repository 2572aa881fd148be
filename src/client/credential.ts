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
  private readonly source: CredentialSource

  constructor(source: CredentialSource) {
    this.source = source
  }

  async get(): Promise<string> {
    return typeof this.source === 'string' ? this.source : this.source()
  }

  /** Whether there is another credential than the one that was refused. */
  async renews(refused: string): Promise<boolean> {
    if (typeof this.source === 'string') return false
    this.source.forget?.(refused)
    return (await this.source()) !== refused
  }
}
