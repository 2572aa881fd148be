import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { createVerifier, type Verifier, type VerifierOptions, VerifyError } from '../../src/verify/verify.ts'
import type { TestApp } from '../support/boot.ts'
import { openLine } from '../support/cut-line.ts'

export const AUDIENCE = 'https://build.test'

/** Counts the requests of a verifier by path. */
export const counting = () => {
  const calls: string[] = []
  const counted: typeof fetch = (input, init) => {
    calls.push(new URL(String(input)).pathname)
    return fetch(input, init)
  }
  return { fetch: counted, introspections: () => calls.filter((path) => path === '/oauth/introspect').length, calls }
}

/** A verifier for the audience of these tests, with a key that has tokens:viewer. It is closed after the test. */
export const verifierOf = async (app: TestApp, options: Partial<VerifierOptions> = {}): Promise<Verifier> => {
  const { secret } = await app.apiKey({ grants: [{ module: 'tokens', role: 'VIEWER' }] })
  const verifier = createVerifier({ issuer: app.publicUrl, audience: AUDIENCE, credential: secret, ...options })
  onTestFinished(() => verifier.close())
  return verifier
}

/** A line for the feed alone, which a test can cut. Requests go to the service directly. */
export const feedLine = async (app: TestApp) => {
  const { port } = new URL(app.url)
  const line = await openLine(Number(port))
  onTestFinished(() => line.close())
  const webSocketImpl = class extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url.replace(`:${port}/`, `:${line.port}/`), protocol)
    }
  }
  return { line, webSocketImpl }
}

/** How a verifier refuses something; fails where it does not. */
export const refusalOf = async (promise: Promise<unknown>): Promise<VerifyError> => {
  const failure = await promise.then(
    (value) => new Error(`It was accepted: ${JSON.stringify(value)}`),
    (error: unknown) => error,
  )
  if (failure instanceof VerifyError) return failure
  throw failure
}
