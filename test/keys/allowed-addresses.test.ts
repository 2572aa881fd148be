import { describe, expect, it } from 'vitest'
import {
  AuditEventsDocument,
  CreateApiKeyDocument,
  CreatePersonalAccessKeyDocument,
  KeyUsageDocument,
  UpdateKeyDocument,
} from '../../src/generated/graphql.ts'
import { useApp } from '../support/boot.ts'
import type { TestClient } from '../support/client.ts'
import { historyOf } from '../support/history.ts'

const QUERY = '{ viewer { key { id } } }'

describe('the address restriction of a key', () => {
  const app = useApp({ env: { KEYTURN_TRUST_PROXY: '127.0.0.1' } })

  const codeFrom = async (client: TestClient, address: string) => {
    const { errors } = await client.send(QUERY, {}, { 'x-forwarded-for': address })
    return errors?.[0]?.extensions.code ?? 'good'
  }

  it.each([
    ['10.1.2.3', 'good'],
    ['10.255.255.255', 'good'],
    ['::ffff:10.1.2.3', 'good'],
    ['::ffff:a01:203', 'good'],
    ['2001:db8::7', 'good'],
    ['2001:0DB8:0:0::7', 'good'],
    ['192.0.2.1', 'good'],
    ['11.0.0.0', 'UNAUTHENTICATED'],
    ['192.0.2.2', 'UNAUTHENTICATED'],
    ['2001:db9::7', 'UNAUTHENTICATED'],
    ['::a01:203', 'UNAUTHENTICATED'],
    ['unknown', 'UNAUTHENTICATED'],
    ['127.0.0.1', 'UNAUTHENTICATED'],
    // The proxy adds the address that it saw; what stands before was written by whoever called it.
    ['10.1.2.3, 11.0.0.0', 'UNAUTHENTICATED'],
    ['11.0.0.0, 10.1.2.3', 'good'],
  ])('%s: %s', async (address, answer) => {
    const { client } = await app.apiKey({ allowedIps: ['10.0.0.0/8', '2001:db8::/32', '::ffff:192.0.2.1'] })
    expect(await codeFrom(client, address)).toBe(answer)
  })

  it('is the stated reason if its secret is used from elsewhere, and the denial is in the audit log', async () => {
    const { id, client } = await app.apiKey({ allowedIps: ['10.0.0.0/8'] })
    const refused = await client.send(QUERY, {}, { 'x-forwarded-for': '11.0.0.1' })
    expect(refused.status).toBe(401)
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'ADDRESS' })
    // The addresses themselves need keys:manager.
    expect(refused.errors?.[0]?.message).not.toContain('10.')
    expect((await historyOf(app, id)).at(-1)).toMatchObject({
      type: 'ACCESS_DENIED',
      actor: { kind: 'ANONYMOUS' },
      details: { kind: 'API_KEY', reason: 'address', count: 1 },
    })
  })

  it('is none by default', async () => {
    const { client } = await app.apiKey()
    expect(await codeFrom(client, '203.0.113.9')).toBe('good')
    expect(await codeFrom(client, 'unknown')).toBe('good')
  })

  it('can be changed, with effect on the next request', async () => {
    const { id, client } = await app.apiKey()
    expect(await codeFrom(client, '203.0.113.9')).toBe('good')
    await app.owner.run(UpdateKeyDocument, { input: { id, allowedIps: ['203.0.113.0/29'] } })
    expect(await codeFrom(client, '203.0.113.9')).toBe('UNAUTHENTICATED')
    expect(await codeFrom(client, '203.0.113.7')).toBe('good')
    expect((await historyOf(app, id)).at(-2)?.details).toMatchObject({
      changes: { allowedIps: { from: [], to: ['203.0.113.0/29'] } },
    })
    await app.owner.run(UpdateKeyDocument, { input: { id, allowedIps: [] } })
    expect(await codeFrom(client, '203.0.113.9')).toBe('good')
  })

  it('applies to personal keys and WebSocket connections', async () => {
    const { organizationId } = app
    const { createPersonalAccessKey } = await app.owner.run(CreatePersonalAccessKeyDocument, {
      input: { organizationId, name: 'office', allowedIps: ['10.0.0.0/8'] },
    })
    const client = app.anonymous.with(createPersonalAccessKey.secret)
    expect(await codeFrom(client, '11.0.0.0')).toBe('UNAUTHENTICATED')
    expect(await codeFrom(client, '10.0.0.1')).toBe('good')
    // A socket of this test comes from 127.0.0.1, which is no address of the office.
    await expect(client.subscribe(AuditEventsDocument, { organizationId: app.organizationId })).rejects.toMatchObject({
      code: 4401,
    })
  })

  it('stores the newest five addresses that a key was used from', async () => {
    const { id, client } = await app.apiKey()
    for (const last of [1, 2, 3, 4, 5, 6, 3]) await codeFrom(client, `203.0.113.${last}`)
    await app.app.parts.usage.flush()
    const { key } = await app.owner.run(KeyUsageDocument, { id })
    expect(key?.lastUsedFrom).toEqual([3, 6, 5, 4, 2].map((last) => `203.0.113.${last}`))
    await codeFrom(client, '::ffff:203.0.113.6')
    await app.app.parts.usage.flush()
    const { key: after } = await app.owner.run(KeyUsageDocument, { id })
    expect(after?.lastUsedFrom).toEqual([6, 3, 5, 4, 2].map((last) => `203.0.113.${last}`))
  })

  it.each([
    ['a name', ['localhost']],
    ['too many bits', ['10.0.0.0/8', '10.0.0.0/33']],
    ['a short form', ['10.1']],
    ['more than a hundred', Array.from({ length: 101 }, (_, index) => `10.0.0.${index}`)],
  ])('cannot be %s', async (_, allowedIps) => {
    const input = { organizationId: app.organizationId, name: 'malformed', grants: [], allowedIps }
    const error = await app.owner.fail(CreateApiKeyDocument, { input })
    const path = allowedIps.length > 100 ? 'allowedIps' : `allowedIps.${allowedIps.length - 1}`
    expect(error.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path }] })
  })
})
