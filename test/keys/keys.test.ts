import { describe, expect, it } from 'vitest'
import { KeyByIdDocument, RevokeKeyDocument, ViewerDocument } from '../../src/generated/graphql.ts'
import { useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'

describe.each(ENGINES)('keys on %s', (engine) => {
  const app = useApp({ engine })

  it('a revoked key is rejected on the next request', async () => {
    const key = await app.apiKey({ grants: [{ module: 'keys', role: 'VIEWER' }] })
    expect((await key.client.run(ViewerDocument, {})).viewer.key?.id).toBe(key.id)
    await app.owner.run(RevokeKeyDocument, { input: { id: key.id, reason: 'COMPROMISED' } })
    expect((await key.client.fail(ViewerDocument, {})).extensions.code).toBe('UNAUTHENTICATED')
    const { key: revoked } = await app.owner.run(KeyByIdDocument, { id: key.id })
    expect(revoked).toMatchObject({ status: 'REVOKED', revocationReason: 'COMPROMISED' })
  })

  it('a key of another tenant is NOT_FOUND', async () => {
    const key = await app.apiKey()
    const { owner } = await app.stranger()
    expect((await owner.client.fail(KeyByIdDocument, { id: key.id })).extensions.code).toBe('NOT_FOUND')
  })
})
