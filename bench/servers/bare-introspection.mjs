// The least that an authenticated introspection can be: two hashes, two look-ups, one answer.

import { input, NO_STORE, serve, sha256 } from './http.mjs'

const { callerSecret, token, answer } = await input()
const known = new Map([
  [sha256(callerSecret), { active: true }],
  [sha256(token), answer],
])

serve((request, body) => {
  const basic = Buffer.from(request.headers.authorization.slice('Basic '.length), 'base64').toString()
  const caller = known.get(sha256(basic.slice(basic.indexOf(':') + 1)))
  if (caller === undefined) throw new Error('Unknown caller.')
  return known.get(sha256(new URLSearchParams(body).get('token'))) ?? { active: false }
}, NO_STORE)
