import { expect, it } from 'vitest'
import { newSecret } from '../../src/kernel/secret-text.ts'
import { KeyVerifier, type KeyVerifierParts } from '../../src/keys/verification/key-verifier.ts'

it('a known secret of an earlier prefix of the deployment is malformed', async () => {
  const keyFacts = { identified: () => ({ keyId: 'k', secretId: 's' }), find: () => null }
  const verifier = new KeyVerifier({ prefix: 'new', keyFacts } as unknown as KeyVerifierParts)
  const reasonOf = async (secret: string) => {
    const verification = await verifier.verify(secret, null)
    return verification.valid ? null : verification.reason
  }
  expect(await reasonOf(newSecret('old', 'ak'))).toBe('MALFORMED')
  expect(await reasonOf(newSecret('newer', 'ak'))).toBe('MALFORMED')
  expect(await reasonOf(newSecret('new', 'ak'))).toBe('UNKNOWN')
})
