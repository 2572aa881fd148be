import { serverAudits } from 'graphql-http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { boot, type TestApp } from './support/boot.ts'

let app: TestApp
beforeAll(async () => {
  // The audits ask for __type, so introspection must be on, as it is by default.
  app = await boot()
})
afterAll(() => app.close())

const audits = serverAudits({ url: () => `${app.url}/graphql` })

// Those that say SHOULD and MAY are kept as well.
describe('GraphQL over HTTP', () => {
  it('is audited in full', () => {
    expect(audits.length).toBeGreaterThanOrEqual(61)
  })

  it.each(audits.map(({ id, name, fn }) => ({ id, name, fn })))('$id: $name', async ({ fn }) => {
    const result = await fn()
    expect(result.status === 'ok' ? 'ok' : result.reason).toBe('ok')
  })
})
