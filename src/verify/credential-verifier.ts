import { KeyturnClientError } from '../client/client.ts'
import { AccessTokens, type SignedToken } from './access-tokens.ts'
import { bearerOf, type RequestHeaders } from './bearer.ts'
import { checkGrant, covers, type GrantText } from './grants.ts'
import { type Introspection, Introspector } from './introspection.ts'
import { Issuer } from './issuer.ts'
import { type FeedState, RevocationFollower } from './revocation-follower.ts'
import { Revocations } from './revocations.ts'
import { isSecretShaped } from './secret-text.ts'
import type { VerifiedCredential } from './verified-credential.ts'
import type { Verifier, VerifierOptions } from './verifier.ts'
import { VerifyError } from './verify-error.ts'

/** How long the introspection of an active credential is cached: while the feed is live, and otherwise. */
const KEPT_WITH_FEED_MS = 60_000
const KEPT_WITHOUT_FEED_MS = 5_000

const JWT = /^eyJ[\w-]*\.[\w-]+\.[\w-]+$/

const revoked = () => new VerifyError('revoked', 'The credential was revoked.')

const checkOptions = ({ issuer, audience, credential, feed }: VerifierOptions): void => {
  if (!URL.canParse(issuer)) throw new TypeError(`issuer must be Keyturn's public URL, not ${issuer}.`)
  if (audience === '') throw new TypeError('audience must name this service.')
  if (feed === true && credential === undefined)
    throw new TypeError('To follow revocations, the verifier needs a credential with tokens:viewer.')
}

/** Verifies credentials for a service: access tokens offline, secrets by introspection, revocations as they are announced. */
export class CredentialVerifier implements Verifier {
  private readonly options: VerifierOptions
  private readonly issuer: Issuer
  private readonly tokens: AccessTokens
  private readonly revocations = new Revocations()
  private readonly introspector: Introspector | null
  private readonly follower: RevocationFollower | null

  constructor(options: VerifierOptions) {
    checkOptions(options)
    const { credential, clockToleranceSeconds = 5, feed = credential !== undefined } = options
    const { issuer, audience, organizationId, webSocketImpl } = options
    const send: typeof fetch = options.fetch ?? ((...request) => fetch(...request))
    this.options = options
    this.issuer = new Issuer(issuer, send)
    this.tokens = new AccessTokens(this.issuer, { issuer, audience, clockToleranceSeconds })
    this.introspector =
      credential === undefined
        ? null
        : new Introspector({
            endpoint: () => this.issuer.introspectionEndpoint(),
            credential,
            fetch: send,
            version: () => this.revocations.version,
          })
    this.follower =
      credential === undefined || !feed
        ? null
        : new RevocationFollower({
            url: `${issuer.replace(/\/$/, '')}/graphql`,
            credential,
            findOrganization: async () => organizationId ?? this.ownOrganization(credential),
            apply: (revocation) => this.revocations.apply(revocation, Date.now()),
            fetch: send,
            webSocketImpl,
          })
  }

  get feedState(): FeedState {
    return this.follower?.state ?? 'off'
  }

  async ready(): Promise<void> {
    await this.issuer.load()
    await this.follower?.live()
  }

  verify(credential: string): Promise<VerifiedCredential> {
    this.follower?.start()
    return JWT.test(credential) ? this.verifyToken(credential) : this.verifySecret(credential)
  }

  async verifyRequest(request: { readonly headers: RequestHeaders }): Promise<VerifiedCredential> {
    return this.verify(bearerOf(request.headers))
  }

  requireGrant(verified: VerifiedCredential, grant: GrantText): void {
    checkGrant(grant)
    if (!covers(verified.scope, grant))
      throw new VerifyError('insufficient_scope', `This needs the grant ${grant}.`, { scope: grant })
  }

  async close(): Promise<void> {
    await this.follower?.close()
  }

  private async verifyToken(text: string): Promise<VerifiedCredential> {
    const signed = await this.tokens.read(text)
    const { follower } = this
    if (follower === null) return signed.credential
    const { tokenId, issuedAt, credential } = signed
    const standing = this.revocations.standingOf(tokenId, credential.keyId, issuedAt)
    if (standing === 'revoked') throw revoked()
    const { onFeedDown = 'introspect' } = this.options
    const isFollowed = follower.organizationId === credential.organizationId
    if (follower.state === 'live' && isFollowed && standing === 'valid') return credential
    if (follower.state !== 'live' && onFeedDown === 'refuse')
      throw new VerifyError('unavailable', 'Revocations cannot be followed at the moment. Try again.')
    if (follower.state !== 'live' && onFeedDown === 'accept') return credential
    return this.introspectToken(text, signed)
  }

  /** Introspects a token whose revocation the feed cannot decide. The scope is what the key still grants. */
  private async introspectToken(text: string, { credential: claimed }: SignedToken): Promise<VerifiedCredential> {
    const { credential } = await this.introspect(text)
    if (credential?.kind !== 'access_token' || credential.tokenId !== claimed.tokenId) throw revoked()
    return credential
  }

  private async verifySecret(text: string): Promise<VerifiedCredential> {
    if (!isSecretShaped(text))
      throw new VerifyError(
        'malformed',
        'This is neither an access token nor the secret of a key. Check that it is complete.',
      )
    if (this.introspector === null)
      throw new VerifyError('unknown', 'This service takes access tokens. Exchange the key for one.')
    const { credential, ended } = await this.introspect(text)
    if (credential !== null && credential.kind !== 'access_token') return credential
    if (ended === null) throw new VerifyError('unknown', 'The secret is unknown or no longer valid.')
    const hasExpired = ended.expiresAt !== null && ended.expiresAt.getTime() <= Date.now()
    throw hasExpired ? new VerifyError('expired', 'The secret has expired. Rotate its key.') : revoked()
  }

  private async introspect(text: string): Promise<Introspection> {
    if (this.introspector === null) throw new VerifyError('unavailable', 'The verifier has no credential.')
    return this.introspector.ask(text, (kept) => this.isUsable(kept))
  }

  private isUsable({ credential, askedAt, version }: Introspection): boolean {
    const { follower } = this
    if (credential === null) return false
    const { keyId, organizationId, expiresAt, kind } = credential
    const now = Date.now()
    const isAnnounced = follower?.state === 'live' && follower.organizationId === organizationId
    const kept = isAnnounced && kind !== 'access_token' ? KEPT_WITH_FEED_MS : KEPT_WITHOUT_FEED_MS
    return (
      now - askedAt < kept &&
      (expiresAt === null || now < expiresAt.getTime()) &&
      !this.revocations.hasChanged(keyId, version)
    )
  }

  /** The organization of the verifier's own credential, by introspection. */
  private async ownOrganization(credential: string): Promise<string> {
    const found = await this.introspect(credential)
    if (found.credential === null)
      throw new KeyturnClientError('FORBIDDEN', 'The credential of the verifier is not valid, or lacks tokens:viewer.')
    return found.credential.organizationId
  }
}
