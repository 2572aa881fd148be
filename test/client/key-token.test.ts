import { describe, expect, it, vi } from 'vitest'
import { createKeyturnClient, keyToken } from '../../src/client/client.ts'
import { ViewerDocument } from '../../src/client/documents.ts'
import { useApp } from '../support/boot.ts'

describe('keyToken', () => {
  const app = useApp()
  const counting = () => {
    const calls: string[] = []
    const counted: typeof fetch = (url, init) => {
      calls.push(String(init?.body))
      return fetch(url, init)
    }
    return { calls, fetch: counted }
  }

  it('returns a token that the API accepts, and exchanges once for concurrent callers', async () => {
    const key = await app.apiKey({ grants: [{ module: 'keys', role: 'VIEWER' }] })
    const { calls, fetch } = counting()
    const credential = keyToken({ url: `${app.publicUrl}/graphql`, secret: key.secret, fetch })
    const client = createKeyturnClient({ url: `${app.url}/graphql`, credential })
    const results = await Promise.all([1, 2, 3].map(() => client.execute(ViewerDocument)))
    expect(results.map(({ viewer }) => viewer.kind)).toEqual(['API_KEY', 'API_KEY', 'API_KEY'])
    expect(calls).toHaveLength(1)
  })

  it('gets the next token before the last one expires, and keeps the last one while the server is away', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const key = await app.apiKey({ grants: [{ module: 'keys', role: 'VIEWER' }] })
    let isDown = false
    const flaky: typeof fetch = (url, init) => (isDown ? Promise.reject(new Error('down')) : fetch(url, init))
    const credential = keyToken({ url: `${app.publicUrl}/graphql`, secret: key.secret, fetch: flaky })
    const first = await credential()
    expect(await credential()).toBe(first)
    vi.setSystemTime(Date.now() + 49 * 60_000)
    isDown = true
    expect(await credential()).toBe(first)
    isDown = false
    expect(await credential()).not.toBe(first)
  })

  it('narrows by scope and names the audience', async () => {
    const key = await app.apiKey({ grants: [{ module: 'keys', role: 'MANAGER' }] })
    const url = `${app.publicUrl}/graphql`
    const token = await keyToken({ url, secret: key.secret, scope: 'keys:viewer', audience: 'https://build.test' })()
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    expect(claims).toMatchObject({ scope: 'keys:viewer', aud: 'https://build.test' })
  })

  it('throws the errors of the server', async () => {
    await expect(keyToken({ url: `${app.url}/graphql`, secret: 'kt_ak_wrong' })()).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    })
  })
})
