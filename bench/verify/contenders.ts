import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { JwtVerifier } from 'aws-jwt-verify'
import { SimpleJwksCache } from 'aws-jwt-verify/jwk'
import type { Request, Response } from 'express'
import { auth } from 'express-oauth2-jwt-bearer'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { createTestSigner, type TestSigner } from '../../src/verify/testing.ts'
import { createVerifier } from '../../src/verify/verify.ts'

export const AUDIENCE = 'https://build.test'

/** Verifies a token as a service does, without HTTP. Rejects one that is not valid. */
export type Verify = (token: string) => Promise<unknown>

export interface Contenders {
  readonly signer: TestSigner
  readonly jose: Verify
  readonly keyturn: Verify
  readonly aws: Verify
  readonly express: Verify
  close(): void
}

/** An issuer of test tokens, and everybody who verifies them, with the keys in memory after the first token. */
export const openContenders = async (): Promise<Contenders> => {
  let signer: TestSigner | null = null
  const server = createServer((request, response) => {
    void signer?.fetch(`${issuer}${request.url}`).then(async (answer) => {
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const issuer = `http://127.0.0.1:${port}`
  signer = createTestSigner({ issuer, audience: AUDIENCE })
  const jwksUri = `${issuer}/.well-known/jwks.json`

  const keys = createRemoteJWKSet(new URL(jwksUri))
  const keyturn = createVerifier({ issuer, audience: AUDIENCE })
  // Its own fetcher takes https alone.
  const fetcher = { fetch: async (uri: string) => (await fetch(uri)).arrayBuffer() }
  const aws = JwtVerifier.create(
    { issuer, audience: AUDIENCE, jwksUri },
    { jwksCache: new SimpleJwksCache({ fetcher }) },
  )
  const middleware = auth({ issuer, jwksUri, audience: AUDIENCE, strict: true, tokenSigningAlg: 'ES256' })

  return {
    signer,
    jose: (token) => jwtVerify(token, keys, { issuer, audience: AUDIENCE, typ: 'at+jwt' }),
    keyturn: (token) => keyturn.verify(token),
    aws: (token) => aws.verify(token),
    express: (token) =>
      new Promise<void>((resolve, reject) => {
        // What the middleware reads of a request.
        const headers = { host: 'build.test', authorization: `Bearer ${token}` }
        const get = (name: string) => (name.toLowerCase() === 'host' ? headers.host : undefined)
        const app = { get: () => () => false }
        const request = {
          headers,
          get,
          app,
          method: 'GET',
          protocol: 'https',
          originalUrl: '/',
          query: {},
          is: () => false,
        }
        middleware(request as object as Request, {} as Response, (error?: unknown) =>
          error === undefined ? resolve() : reject(error),
        )
      }),
    close: () => void server.close(),
  }
}
