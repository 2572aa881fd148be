import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { boot, type TestApp, useApp } from '../support/boot.ts'
import { ON_POSTGRES, ON_SQLITE } from '../support/engines.ts'

describe.each(ON_SQLITE)('a healthy service', () => {
  const app = useApp()

  it.each(['/healthz', '/readyz'])('says so at %s, without authentication', async (path) => {
    const response = await fetch(app.url + path)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ status: 'ok' })
  })
})

describe.each(ON_POSTGRES)('a service without its database', () => {
  let app: TestApp
  let healthy: Response
  beforeAll(async () => {
    app = await boot({ engine: 'postgres' })
    healthy = await fetch(`${app.url}/readyz`)
    await app.database.remove()
  })
  afterAll(() => app.stop())

  it('was ready before', () => {
    expect(healthy.status).toBe(200)
  })

  it('is alive, but not ready, and says which parts are not', async () => {
    expect((await fetch(`${app.url}/healthz`)).status).toBe(200)
    // An outcome is used for half a second.
    const unready = await vi.waitFor(async () => {
      const response = await fetch(`${app.url}/readyz`)
      expect(response.status).toBe(503)
      return response.json()
    }, 5_000)
    expect(unready).toEqual({ status: 'unavailable', failing: ['database', 'migrations', 'writes'] })
  })

  it('still serves its metrics', async () => {
    const response = await fetch(`${app.url}/metrics`)
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('keyturn_http_requests_total')
  })

  const QUERY = JSON.stringify({ query: `{ node(id: "org_00000000000040008000000000000000") { id } }` })
  const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

  it.each([
    ['/graphql', { 'content-type': 'application/json' }, QUERY],
    ['/oauth/introspect', FORM, 'token=a'],
    ['/oauth/token', FORM, ''],
    ['/auth/v1/token', FORM, ''],
  ] as const)('answers 503 at %s, says when to retry, and nothing about the cause', async (path, type, body) => {
    // A well-formed secret that is not in memory must be looked for in the database.
    const secret = app.ownerSecret
    const id = `fault-${path.replaceAll('/', '.')}`
    const sent =
      path === '/oauth/token'
        ? new URLSearchParams({
            grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
            subject_token: secret,
            subject_token_type: 'urn:keyturn:params:oauth:token-type:key',
          }).toString()
        : path === '/auth/v1/token'
          ? `pat=${secret}`
          : body
    const response = await fetch(app.url + path, {
      method: 'POST',
      headers: { ...type, 'x-request-id': id, ...(path === '/oauth/token' ? {} : app.owner.headers) },
      body: sent,
    })
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
    const text = await response.text()
    expect(text).not.toMatch(/postgres|keyturn_test|ECONN|terminat|select|typeorm|at \//i)
    if (path === '/graphql')
      expect(JSON.parse(text).errors[0].extensions).toEqual({ code: 'UNAVAILABLE', retryAfterSeconds: 1 })
    else expect(JSON.parse(text)).toMatchObject({ error_description: expect.stringContaining('try again') })
    expect(app.logged.some((line) => line.includes('"stack"'))).toBe(true)
    expect(app.logged.join('')).not.toContain(secret)
  })
})
