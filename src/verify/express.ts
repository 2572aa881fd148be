import type { IncomingMessage, ServerResponse } from 'node:http'
import { checkGrant, type GrantText } from './grants.ts'
import { refusalResponse } from './refusal-response.ts'
import type { VerifiedCredential } from './verified-credential.ts'
import type { Verifier } from './verifier.ts'
import { VerifyError } from './verify-error.ts'

declare global {
  namespace Express {
    interface Request {
      /** The credential that `keyturn(verifier)` has verified. */
      keyturn?: VerifiedCredential
    }
  }
}

type Request = IncomingMessage & { keyturn?: VerifiedCredential }
type Handler = (request: Request, response: ServerResponse, next: (error?: unknown) => void) => void

interface State {
  readonly verifier: Verifier
  readonly metadataUrl: string | undefined
}
const states = new WeakMap<IncomingMessage, State>()

const refuse = (response: ServerResponse, error: VerifyError, metadataUrl: string | undefined): void => {
  const { status, headers, body } = refusalResponse(error, metadataUrl)
  response.writeHead(status, { ...headers, 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** Middleware that accepts only requests with a valid credential, and sets `req.keyturn`. */
export const keyturn = (verifier: Verifier, options: { readonly metadataUrl?: string } = {}): Handler => {
  const { metadataUrl } = options
  return (request, response, next) => {
    verifier.verifyRequest(request).then(
      (verified) => {
        request.keyturn = verified
        states.set(request, { verifier, metadataUrl })
        next()
      },
      (error) => {
        if (error instanceof VerifyError) refuse(response, error, metadataUrl)
        else next(error)
      },
    )
  }
}

/** Middleware that accepts only credentials with a grant. Use it after `keyturn(verifier)`. */
export const requireGrant = (grant: GrantText): Handler => {
  checkGrant(grant)
  return (request, response, next) => {
    const state = states.get(request)
    const verified = request.keyturn
    if (state === undefined || verified === undefined)
      return next(new Error('requireGrant comes after keyturn(verifier): no credential was verified.'))
    try {
      state.verifier.requireGrant(verified, grant)
    } catch (error) {
      if (error instanceof VerifyError) return refuse(response, error, state.metadataUrl)
      return next(error)
    }
    next()
  }
}
