import type { Authenticator, Identified, PresentedCredential } from '../access/authenticator.ts'
import { parseBearer } from '../access/bearer.ts'
import type { CallOrigin } from '../access/call-origin.ts'
import type { LiveReader } from '../access/live-reader.ts'
import type { Principal } from '../access/principal.ts'
import type { Presented, SessionToken } from '../access/verification.ts'
import type { SessionRequest } from '../http/session-cookie.ts'
import type { KeyturnError } from '../kernel/errors.ts'
import { andThen, type MaybePromise, orElse } from '../kernel/maybe-promise.ts'
import { type Connection, createContext, type GraphQLContext, type Services } from '../schema-kit/context.ts'
import { type ReportBug, toGraphQLError } from './errors.ts'
import { holderOf, type LiveLimits } from './live-limits.ts'
import type { SlotHolder } from './slot-limit.ts'

/** The response to an operation over HTTP, if it is an event stream. */
export interface HttpStream extends Pick<LiveReader, 'end' | 'onGone'> {
  /** Counts its connection for the credential instead of the address. Returns a function that undoes it. */
  readonly exempt: () => () => void
}

/** An HTTP request with an operation, and how to authenticate its caller. */
export interface HttpSource {
  readonly kind: 'http'
  readonly origin: CallOrigin
  readonly authorization: string | undefined
  /** The console session that the request was made by; null if it has none, or has an authorization. */
  readonly session: SessionRequest | null
  /** How the response ends, if it is an event stream. */
  readonly stream: HttpStream
}

export interface HttpContextOptions {
  readonly services: Services
  readonly authenticator: Authenticator
  readonly limits: LiveLimits
  readonly report: ReportBug
}

/** Authenticates the caller of a request and creates the context of its operation. Throws a GraphQLError. */
export type CreateHttpContext = (source: HttpSource, query: string | null | undefined) => MaybePromise<GraphQLContext>

const ANONYMOUS_CALLER: Identified = { principal: null, verifiedEmail: null }

export const createHttpContexts = (options: HttpContextOptions): CreateHttpContext => {
  const { services, authenticator, report } = options
  const identify = (source: HttpSource, query: string | null | undefined): MaybePromise<GraphQLContext> => {
    const { origin, authorization, session } = source
    const credential = authorization === undefined ? tokenOf(session) : parseBearer(authorization)
    // A signed-in person who is not a member may accept an invitation. For everything else they are UNAUTHENTICATED.
    const mayJoin = query?.includes('acceptInvitation') === true
    const identifying = credential === null ? ANONYMOUS_CALLER : authenticator.identify(credential, origin, mayJoin)
    return andThen(identifying, ({ principal, verifiedEmail }) =>
      createContext(services, principal, new HttpConnection(options, source, credential), verifiedEmail),
    )
  }
  return (source, query) =>
    // The request id is known here, and the log is searched by it.
    orElse(
      () => identify(source, query),
      (error) => {
        throw toGraphQLError(error, source.origin.requestId, report)
      },
    )
}

/** The connection of a request. What only event streams need is determined on use. */
class HttpConnection implements Connection {
  private readonly options: HttpContextOptions
  private readonly source: HttpSource
  private readonly given: Presented | null
  private presented: PresentedCredential | null = null
  readonly origin: CallOrigin
  readonly mutationRefusal: KeyturnError | null

  constructor(options: HttpContextOptions, source: HttpSource, given: Presented | null) {
    this.options = options
    this.source = source
    this.given = given
    this.origin = source.origin
    this.mutationRefusal = source.session?.changeRefusal ?? null
  }

  get credential(): PresentedCredential | null {
    if (this.given !== null) this.presented ??= this.options.authenticator.present(this.given, this.origin)
    return this.presented
  }

  hold(reader: Principal | null): () => void {
    return holdStream(this.options.limits, holderOf(reader, this.origin), this.source.stream)
  }

  end(code: number, reason: string): void {
    this.source.stream.end(code, reason)
  }

  onGone(callback: () => void): () => void {
    return this.source.stream.onGone(callback)
  }
}

/** The token of a session. Throws FORBIDDEN for a request of a page of another origin. */
const tokenOf = (session: SessionRequest | null): SessionToken | null => {
  if (session === null) return null
  if (session.refusal !== null) throw session.refusal
  return session.token
}

/** An event stream counts as a live connection and as a live subscription. */
const holdStream = (limits: LiveLimits, holder: SlotHolder, stream: HttpStream): (() => void) => {
  const releaseSubscription = limits.subscriptions.take(holder)
  let releaseConnection: () => void
  try {
    releaseConnection = limits.connections.take(holder)
  } catch (error) {
    releaseSubscription()
    throw error
  }
  const endExemption = holder.organizationId === null ? () => undefined : stream.exempt()
  const release = () => {
    releaseSubscription()
    releaseConnection()
    endExemption()
  }
  stream.onGone(release)
  return release
}
