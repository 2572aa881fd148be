import { createHash, createPrivateKey, generateKeyPairSync, hash, sign } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'

/**
 * The servers that Keyturn is measured against, each started as a process of its own: `tsx targets.ts NAME`. It prints
 * its address, and what a load generator needs, as one line of JSON.
 */
const [, , name] = process.argv

const answer = (response: ServerResponse, body: string) => {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(body)
}

const readBody = async (request: IncomingMessage): Promise<string> => {
  let body = ''
  request.setEncoding('utf8')
  for await (const chunk of request) body += chunk
  return body
}

const listen = (handler: (request: IncomingMessage, response: ServerResponse) => void, more: object = {}) => {
  const server = createServer(handler)
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    console.log(JSON.stringify({ url: `http://127.0.0.1:${port}`, ...more }))
  })
  return server
}

/** One hash, one look-up, one answer: the least that an introspection of a remembered secret or token can be. */
const bareHash = () => {
  const known = new Map([
    [hash('sha256', 'kt_ak_known', 'hex'), JSON.stringify({ active: true, scope: 'build:operator' })],
  ])
  listen((request, response) => {
    void readBody(request).then((body) => {
      const token = new URLSearchParams(body).get('token') ?? ''
      answer(response, known.get(createHash('sha256').update(token).digest('hex')) ?? '{"active":false}')
    })
  })
}

/** One ES256 signature, one answer: the least that issuing a token can be. */
const bareSign = () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const header = Buffer.from('{"alg":"ES256","typ":"at+jwt","kid":"bare"}').toString('base64url')
  listen((request, response) => {
    void readBody(request).then((body) => {
      const scope = new URLSearchParams(body).get('scope') ?? 'build:operator'
      const payload = Buffer.from(JSON.stringify({ iss: 'bare', sub: 'key', scope, iat: Date.now() })).toString(
        'base64url',
      )
      const signature = sign('sha256', Buffer.from(`${header}.${payload}`), { key, dsaEncoding: 'ieee-p1363' })
      const token = `${header}.${payload}.${signature.toString('base64url')}`
      answer(response, JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: 3600, scope }))
    })
  })
}

/** oidc-provider with its own in-memory adapter: client credentials that give a JWT, and introspection. */
const oidcProvider = () => {
  const secret = 'a-secret-of-the-benchmark-alone'
  const server = listen(
    (request, response) => {
      provider.callback()(request, response)
    },
    { clientId: 'bench', clientSecret: secret },
  )
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = { ...privateKey.export({ format: 'jwk' }), kid: 'bench', alg: 'ES256', use: 'sig' }
  const format = name === 'oidc-provider-jwt' ? ('jwt' as const) : ('opaque' as const)
  const provider = new Provider('http://127.0.0.1', {
    jwks: { keys: [jwk as never] },
    clients: [
      {
        client_id: 'bench',
        client_secret: secret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        token_endpoint_auth_method: 'client_secret_post',
        id_token_signed_response_alg: 'ES256',
      },
    ],
    scopes: ['build'],
    ttl: { ClientCredentials: 3_600 },
    features: {
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => 'https://api.bench',
        getResourceServerInfo: () => ({
          scope: 'build',
          audience: 'https://api.bench',
          accessTokenFormat: format,
          ...(format === 'jwt' ? { jwt: { sign: { alg: 'ES256' as const } } } : {}),
        }),
      },
    },
  })
  return server
}

switch (name) {
  case 'bare-hash':
    bareHash()
    break
  case 'bare-sign':
    bareSign()
    break
  case 'oidc-provider-jwt':
  case 'oidc-provider-opaque':
    oidcProvider()
    break
  default:
    throw new Error(`No such target: ${name}`)
}
