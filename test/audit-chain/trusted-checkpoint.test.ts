import { beforeAll, describe, expect, it } from 'vitest'
import { isSignedBase } from '../../src/audit-chain/checkpoint-file.ts'
import { trustCheckpoint } from '../../src/audit-chain/trusted-checkpoint.ts'
import { createSigner, ORGANIZATION, type Signer } from '../support/signed-chain.ts'

const HEAD = { sequence: 6, hash: 'a'.repeat(64) }

describe('a stored checkpoint file', () => {
  let server: Signer
  let stranger: Signer
  beforeAll(async () => {
    server = await createSigner()
    stranger = await createSigner()
  })
  const trust = (file: unknown) =>
    trustCheckpoint(typeof file === 'string' ? file : JSON.stringify(file), server.keys, ORGANIZATION)

  it('is trusted if the server publishes the key that signed it', async () => {
    const file = await server.sign(HEAD)
    expect(await trust(file)).toEqual({ head: { ...HEAD, signedAt: file.signedAt }, base: null, fault: null })
  })

  it.each<[string, () => Promise<unknown>, string]>([
    ['is not JSON', async () => '{', 'not a checkpoint'],
    ['is another JSON file', async () => ({ sequence: 1 }), 'not a checkpoint'],
    ['says another sequence than was signed', async () => ({ ...(await server.sign(HEAD)), sequence: 5 }), 'not valid'],
    ['is signed for something else', () => server.sign(HEAD, 'at+jwt'), 'not valid'],
    ['is signed by a key that it brings along', () => stranger.sign(HEAD), 'does not publish'],
  ])('is refused if it %s', async (_, make, fault) => {
    expect(await trust(await make())).toEqual({ head: null, fault: expect.stringContaining(fault) })
  })

  it('is rejected for another organization of the same server', async () => {
    const file = await server.sign(HEAD)
    const verdict = await trustCheckpoint(JSON.stringify(file), server.keys, 'org_2')
    expect(verdict).toEqual({ head: null, fault: expect.stringContaining('another organization') })
  })

  it('counts as the base of an archived log only if it is signed as one, for this organization, by a published key', async () => {
    const base = await server.sign(HEAD, 'keyturn-audit-base+jws')
    expect(await isSignedBase(base, server.keys, ORGANIZATION)).toBe(true)
    expect(await isSignedBase({ ...base, sequence: 5 }, server.keys, ORGANIZATION)).toBe(false)
    expect(await isSignedBase(base, stranger.keys, ORGANIZATION)).toBe(false)
    expect(await isSignedBase(base, server.keys, 'org_2')).toBe(false)
    expect(await isSignedBase(await server.sign(HEAD), server.keys, ORGANIZATION)).toBe(false)
  })
})
