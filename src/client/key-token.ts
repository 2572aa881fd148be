import { ExchangeKeyDocument } from '../generated/graphql.ts'
import type { CredentialFunction } from './credential.ts'
import { textOf } from './document.ts'
import { post } from './http.ts'

export interface KeyTokenOptions {
  /** The GraphQL endpoint: `https://keys.example.com/graphql`. */
  readonly url: string
  /** The secret of a key. It is sent only to `url`. */
  readonly secret: string
  /** Narrower grants, such as `build:operator audit:viewer`. Default: all grants of the key. */
  readonly scope?: string
  /** Audience of the token (`aud`). Default: Keyturn's own API, `url` without `/graphql`. */
  readonly audience?: string
  readonly fetch?: typeof fetch
}

interface Token {
  readonly text: string
  /** Time from which a call requests a new token. */
  readonly renewAt: number
}

/** Fraction of the lifetime after which a token is renewed. The rest bridges a short outage of the server. */
const RENEWAL = 0.8

/**
 * A credential function that exchanges a key for access tokens. It caches a token, renews it after four fifths of its
 * lifetime, and sends one request for concurrent callers. If a renewal fails, the token is used until it expires; then the
 * function throws KeyturnClientError.
 */
export const keyToken = (options: KeyTokenOptions): CredentialFunction => {
  const { url, secret, scope, fetch: send = fetch } = options
  const audience = options.audience ?? url.replace(/\/graphql\/?$/, '')
  let token: (Token & { readonly expiresAt: number }) | null = null
  let exchange: Promise<string> | null = null

  const get = async (): Promise<string> => {
    const askedAt = Date.now()
    const input = { secret, audience, ...(scope === undefined ? {} : { scope }) }
    const request = { query: textOf(ExchangeKeyDocument), variables: { input } }
    const { exchangeKey } = await post<{ exchangeKey: { accessToken: string; expiresIn: number } }>(
      { url, fetch: send },
      request,
      null,
    )
    const { accessToken: text, expiresIn } = exchangeKey
    token = { text, renewAt: askedAt + expiresIn * 1000 * RENEWAL, expiresAt: askedAt + expiresIn * 1000 }
    return text
  }

  const source: CredentialFunction = async () => {
    if (token !== null && Date.now() < token.renewAt) return token.text
    exchange ??= get().finally(() => {
      exchange = null
    })
    try {
      return await exchange
    } catch (error) {
      if (token !== null && Date.now() < token.expiresAt) return token.text
      throw error
    }
  }
  source.forget = (credential) => {
    if (token?.text === credential) token = null
  }
  return source
}
