import { createRemoteJWKSet, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { ExchangeKeyDocument, RevokeKeyDocument, ViewerDocument } from '../../src/generated/graphql.ts'
import { useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'

describe.each(ENGINES)('access tokens on %s', (engine) => {
  const app = useApp({ engine })

  it('a key can be exchanged for a token that any service can verify, and that ends with the key', async () => {
    const key = await app.apiKey({ grants: [{ module: 'keys', role: 'OPERATOR' }] })
    const { exchangeKey } = await app.anonymous.run(ExchangeKeyDocument, {
      input: { secret: key.secret, scope: 'keys:viewer', audience: app.url },
    })
    const { payload } = await jwtVerify(
      exchangeKey.accessToken,
      createRemoteJWKSet(new URL(`${app.url}/.well-known/jwks.json`)),
      { issuer: app.url, audience: app.url, typ: 'at+jwt' },
    )
    expect(payload).toMatchObject({ sub: key.id, client_id: key.id, scope: 'keys:viewer', org: app.organizationId })
    const bearer = app.anonymous.with(exchangeKey.accessToken)
    expect((await bearer.run(ViewerDocument, {})).viewer.key?.id).toBe(key.id)
    await app.owner.run(RevokeKeyDocument, { input: { id: key.id } })
    expect((await bearer.fail(ViewerDocument, {})).extensions.code).toBe('UNAUTHENTICATED')
  })
})
