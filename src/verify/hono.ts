import type { Context, MiddlewareHandler } from 'hono'
import { checkGrant, type GrantText } from './grants.ts'
import { refusalResponse } from './refusal-response.ts'
import type { VerifiedCredential } from './verified-credential.ts'
import type { Verifier } from './verifier.ts'
import { VerifyError } from './verify-error.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** The credential that `keyturn(verifier)` has verified. */
    keyturn: VerifiedCredential
  }
}

interface State {
  readonly verifier: Verifier
  readonly metadataUrl: string | undefined
}
const states = new WeakMap<Request, State>()

const refuse = (c: Context, error: unknown, metadataUrl: string | undefined): Response => {
  if (!(error instanceof VerifyError)) throw error
  const { status, headers, body } = refusalResponse(error, metadataUrl)
  return c.json(body, status, { ...headers })
}

/** Middleware that accepts only requests with a valid credential, and sets `c.get('keyturn')`. */
export const keyturn = (verifier: Verifier, options: { readonly metadataUrl?: string } = {}): MiddlewareHandler => {
  const { metadataUrl } = options
  return async (c, next) => {
    try {
      c.set('keyturn', await verifier.verifyRequest(c.req.raw))
    } catch (error) {
      return refuse(c, error, metadataUrl)
    }
    states.set(c.req.raw, { verifier, metadataUrl })
    return next()
  }
}

/** Middleware that accepts only credentials with a grant. Use it after `keyturn(verifier)`. */
export const requireGrant = (grant: GrantText): MiddlewareHandler => {
  checkGrant(grant)
  return async (c, next) => {
    const state = states.get(c.req.raw)
    if (state === undefined) throw new Error('requireGrant comes after keyturn(verifier): no credential was verified.')
    try {
      state.verifier.requireGrant(c.get('keyturn'), grant)
    } catch (error) {
      return refuse(c, error, state.metadataUrl)
    }
    return next()
  }
}
