import { serverAudits } from 'graphql-http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { boot, type TestApp } from '../support/boot.ts'

/** All that a deployment may switch on, in front of the same answers. */
const EVERYTHING = {
  KEYTURN_INTROSPECTION: 'on',
  KEYTURN_GRAPHIQL: 'on',
  KEYTURN_ALLOWED_ORIGINS: 'https://console.example.com',
  KEYTURN_TRUST_PROXY: '127.0.0.1',
  KEYTURN_METRICS_TOKEN: 'a-token-of-the-test',
  KEYTURN_OIDC_ISSUER: 'https://issuer.example.com',
  KEYTURN_OIDC_AUDIENCE: 'https://keyturn.test',
}

let app: TestApp
/** The audits ask for __type: introspection must be on, as it is by default, and needs a credential. */
const fetchAsOwner: typeof fetch = (input, init = {}) =>
  fetch(input, { ...init, headers: { ...(init.headers as Record<string, string>), ...app.owner.headers } })
const audits = serverAudits({ url: () => `${app.url}/graphql`, fetchFn: fetchAsOwner })

describe.each([
  ['as it comes', {}],
  ['with everything switched on', EVERYTHING],
])('GraphQL over HTTP, %s,', (_, env) => {
  beforeAll(async () => {
    app = await boot({ env: { ...env, KEYTURN_MAX_SOCKETS_PER_CREDENTIAL: '1' } })
  })
  afterAll(() => app.close())

  it('has every audit', () => {
    expect(audits.length).toBeGreaterThanOrEqual(61)
  })

  // Those that say SHOULD and MAY are kept as well.
  it.each(audits.map(({ id, name, fn }) => ({ id, name, fn })))('$id: $name', async ({ fn }) => {
    const result = await fn()
    expect(result.status === 'ok' ? 'ok' : result.reason).toBe('ok')
  })
})
