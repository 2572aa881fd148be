// The least that issuing a token can be: one ES256 signature over the same claims, and nothing is recorded.

import { generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { input, NO_STORE, serve } from './http.mjs'

const { claims, header, answer } = await input()
const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
const encodedHeader = encode(header)
const lifetime = claims.exp - claims.iat

serve((_request, body) => {
  const form = new URLSearchParams(body)
  if (form.get('grant_type') !== 'client_credentials') throw new Error('Unknown grant.')
  const iat = Math.floor(Date.now() / 1000)
  const content = `${encodedHeader}.${encode({ ...claims, iat, exp: iat + lifetime, jti: randomUUID() })}`
  const signature = sign('sha256', Buffer.from(content), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')
  return { ...answer, access_token: `${content}.${signature}` }
}, NO_STORE)
