import type { AddressInfo } from 'node:net'
import express from 'express'
import { fastify } from 'fastify'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requireGrant as expressGrant, keyturn as expressKeyturn } from '../../src/verify/express.ts'
import { requireGrant as fastifyGrant, keyturn as fastifyKeyturn } from '../../src/verify/fastify.ts'
import { requireGrant as honoGrant, keyturn as honoKeyturn } from '../../src/verify/hono.ts'
import { createTestSigner } from '../../src/verify/testing.ts'
import { createVerifier, type Verifier } from '../../src/verify/verify.ts'
import { AUDIENCE } from './verifying.ts'

const ISSUER = 'https://keys.test'
const METADATA_URL = 'https://build.test/.well-known/oauth-protected-resource'
const signer = createTestSigner({ issuer: ISSUER, audience: AUDIENCE })

interface Service {
  get(path: string, headers: Record<string, string>): Promise<Response>
  close(): Promise<void>
}
type Start = (verifier: Verifier) => Promise<Service>

const onExpress: Start = async (verifier) => {
  const app = express()
  app.use(expressKeyturn(verifier, { metadataUrl: METADATA_URL }))
  app.get('/me', (request, response) => void response.json(request.keyturn))
  app.get('/build', expressGrant('build:operator'), (_, response) => void response.json('built'))
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  return {
    get: (path, headers) => fetch(`http://127.0.0.1:${port}${path}`, { headers }),
    close: async () => void server.close(),
  }
}

const onFastify: Start = async (verifier) => {
  const app = fastify()
  await app.register(fastifyKeyturn, { verifier, metadataUrl: METADATA_URL })
  app.get('/me', async (request) => request.keyturn)
  app.get('/build', { preHandler: fastifyGrant('build:operator') }, async () => '"built"')
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  return { get: (path, headers) => fetch(url + path, { headers }), close: () => app.close() }
}

const onHono: Start = async (verifier) => {
  const app = new Hono()
  app.use(honoKeyturn(verifier, { metadataUrl: METADATA_URL }))
  app.get('/me', (c) => c.json(c.get('keyturn')))
  app.get('/build', honoGrant('build:operator'), (c) => c.json('built'))
  return { get: async (path, headers) => app.request(path, { headers }), close: async () => undefined }
}

describe.each([
  { name: 'express', start: onExpress },
  { name: 'fastify', start: onFastify },
  { name: 'hono', start: onHono },
])('the adapter for $name', ({ start }) => {
  let service: Service
  beforeAll(async () => {
    service = await start(createVerifier({ issuer: ISSUER, audience: AUDIENCE, fetch: signer.fetch }))
  })
  afterAll(() => service.close())

  const get = async (path: string, token?: string) => {
    const response = await service.get(path, token === undefined ? {} : { authorization: `Bearer ${token}` })
    return { status: response.status, challenge: response.headers.get('www-authenticate'), body: await response.json() }
  }

  it('passes the verified credential to the handler', async () => {
    const { status, body } = await get('/me', await signer.token({ keyId: 'key_1', scope: 'build:viewer' }))
    expect(status).toBe(200)
    expect(body).toMatchObject({ kind: 'access_token', keyId: 'key_1', scope: ['build:viewer'] })
  })

  it('rejects a request without a credential first, with the address of the metadata', async () => {
    for (const path of ['/me', '/build'])
      expect(await get(path)).toEqual({
        status: 401,
        challenge: `Bearer resource_metadata="${METADATA_URL}"`,
        body: { error: 'missing', error_description: expect.stringContaining('Authorization: Bearer') },
      })
  })

  it('rejects an expired token', async () => {
    const { status, challenge, body } = await get('/me', await signer.token({ scope: '', expiresIn: -60 }))
    expect(status).toBe(401)
    expect(challenge).toMatch(/^Bearer error="invalid_token", error_description=".+", resource_metadata="/)
    expect(body).toEqual({ error: 'expired', error_description: expect.any(String) })
  })

  it('accepts a grant and higher roles, and rejects missing ones with 403', async () => {
    for (const scope of ['build:operator', 'build:manager', '*:manager'])
      expect(await get('/build', await signer.token({ scope }))).toMatchObject({ status: 200, body: 'built' })
    const { status, challenge, body } = await get('/build', await signer.token({ scope: 'build:viewer *:viewer' }))
    expect(status).toBe(403)
    expect(challenge).toContain('error="insufficient_scope"')
    expect(challenge).toContain('scope="build:operator"')
    expect(body.error).toBe('insufficient_scope')
  })

  it('answers 503 without a challenge while the issuer does not answer', async () => {
    const away = await start(
      createVerifier({ issuer: ISSUER, audience: AUDIENCE, fetch: () => Promise.reject(new Error('away')) }),
    )
    const response = await away.get('/me', { authorization: `Bearer ${await signer.token({ scope: '' })}` })
    expect(response.status).toBe(503)
    expect(response.headers.get('www-authenticate')).toBeNull()
    expect(response.headers.get('retry-after')).toBe('1')
    await away.close()
  })
})

describe('requireGrant without a verified credential', () => {
  it.each([
    [
      'express',
      async () => {
        const app = express()
        app.set('env', 'test')
        app.get('/', expressGrant('build:viewer'), (_, response) => void response.json('reached'))
        const server = app.listen(0, '127.0.0.1')
        await new Promise((resolve) => server.once('listening', resolve))
        const { status } = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
        server.close()
        return status
      },
    ],
    [
      'fastify',
      async () => {
        const app = fastify()
        app.get('/', { preHandler: fastifyGrant('build:viewer') }, async () => 'reached')
        return (await app.inject('/')).statusCode
      },
    ],
    [
      'hono',
      async () => {
        const app = new Hono()
        app.onError((_, c) => c.json('failed', 500))
        app.get('/', honoGrant('build:viewer'), (c) => c.json('reached'))
        return (await app.request('/')).status
      },
    ],
  ])('is an internal error on %s, and rejects the request', async (_, run) => {
    expect(await run()).toBe(500)
  })
})
