import { CONSOLE_HEADERS } from '../data/clients.ts'

/** Why a sign-in or a session was refused: `reason` of UNAUTHENTICATED, or what went wrong on the way. */
export interface SignInFailure {
  readonly reason: string
  /** The server's own words. */
  readonly message: string | null
  readonly retryAfterSeconds: number | null
}

const request = (method: 'POST' | 'DELETE', body?: unknown): Promise<Response> =>
  fetch('/session', {
    method,
    credentials: 'same-origin',
    cache: 'no-store',
    headers: { ...CONSOLE_HEADERS, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })

const bodyOf = async (response: Response): Promise<object> => {
  try {
    const answer: unknown = await response.json()
    return typeof answer === 'object' && answer !== null ? answer : {}
  } catch {
    // A proxy's page: the status decides.
    return {}
  }
}

/** For an answer that states none. Of FORBIDDEN, the server's own words say what to do. */
const STATUS_REASONS: Readonly<Record<number, string>> = { 401: 'UNKNOWN', 403: 'FORBIDDEN', 429: 'RATE_LIMITED' }

const failureOf = async (response: Response): Promise<SignInFailure> => {
  const body = await bodyOf(response)
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  const byStatus = STATUS_REASONS[response.status] ?? 'UNAVAILABLE'
  return {
    reason: 'reason' in body ? String(body.reason) : byStatus,
    message: 'error_description' in body ? String(body.error_description) : null,
    retryAfterSeconds: Number.isFinite(seconds) ? seconds : null,
  }
}

/** Signs in by a personal access key, or by the single-use code of the first start. Null when it worked. */
export const signIn = async (
  credential: { readonly secret: string } | { readonly code: string },
): Promise<SignInFailure | null> => {
  try {
    const response = await request('POST', credential)
    return response.ok ? null : await failureOf(response)
  } catch {
    return { reason: 'NETWORK', message: null, retryAfterSeconds: null }
  }
}

/** Ends the session. Whether the server answered or not, the caller leaves the page. */
export const signOut = async (): Promise<void> => {
  await request('DELETE').catch(() => undefined)
}

/** What the server says about sign-in, to anybody. */
export interface SessionState {
  readonly signedIn: boolean
  /** Whether the identity provider's button is offered. */
  readonly oidc: boolean
}

/** @public Throws where the server does not answer. */
export const readSession = async (): Promise<SessionState> => {
  const response = await fetch('/session', { credentials: 'same-origin', cache: 'no-store' })
  const answer: unknown = await response.json()
  const has = (name: string) =>
    typeof answer === 'object' && answer !== null && name in answer && Reflect.get(answer, name) === true
  return { signedIn: has('signedIn'), oidc: has('oidc') }
}
