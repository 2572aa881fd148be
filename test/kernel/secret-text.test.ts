import { hash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import {
  hashSecret,
  hideSecrets,
  hintOf,
  looksLikeSecret,
  newSecret,
  parseSecret,
} from '../../src/kernel/secret-text.ts'
import { KeyVerifier, type KeyVerifierParts } from '../../src/keys/verification/key-verifier.ts'
import { ManualClock } from '../support/manual-clock.ts'

const PUBLISHED = /\bkt_(?:ak|pk)_[0-9A-Za-z]{49}\b/
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

const kinds = fc.constantFrom('ak' as const, 'pk' as const)
const entropies = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes))
const secrets = fc.tuple(kinds, entropies).map(([kind, entropy]) => newSecret('kt', kind, entropy))

describe('the text of a secret', () => {
  it('is found by the published regex, alone and within other text, with its kind', () => {
    fc.assert(
      fc.property(kinds, entropies, (kind, entropy) => {
        const secret = newSecret('kt', kind, entropy)
        expect(PUBLISHED.exec(`export KEY="${secret}" # leaked`)?.[0]).toBe(secret)
        expect(secret).toHaveLength(55)
        expect(parseSecret('kt', secret)).toBe(kind)
        expect(looksLikeSecret(secret)).toBe(true)
      }),
    )
  })

  // Computed by another program: whoever looks for leaked secrets relies on it.
  it.each([
    ['no bits', Buffer.alloc(32), 'kt_ak_000000000000000000000000000000000000000000020ZNYk'],
    ['all bits', Buffer.alloc(32, 0xff), 'kt_ak_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp13d4DIU'],
    [
      'some bits',
      Buffer.from('0123456789abcdef'.repeat(4), 'hex'),
      'kt_ak_0Gj7PHcTWolMMAoH3h6Ln2Wqzlj9JIFHhROBI35WkDX3qkY6a',
    ],
  ])('does not change between versions: %s', (_, entropy, text) => {
    expect(newSecret('kt', 'ak', entropy)).toBe(text)
    expect(parseSecret('kt', text)).toBe('ak')
  })

  it('has all of its 256 random bits', () => {
    fc.assert(
      fc.property(entropies, (entropy) => {
        let value = 0n
        for (const character of newSecret('kt', 'pk', entropy).slice(6, 49))
          value = value * 62n + BigInt(ALPHABET.indexOf(character))
        expect(value).toBe(BigInt(`0x${entropy.toString('hex')}`))
      }),
    )
  })

  it('is random unless a test says otherwise', () => {
    expect(new Set(Array.from({ length: 100 }, () => newSecret('kt', 'ak'))).size).toBe(100)
  })

  it('is rejected with any character changed, omitted, doubled or swapped', () => {
    fc.assert(
      fc.property(secrets, fc.nat(54), fc.constantFrom(...ALPHABET, '_', '-', ' '), (secret, place, other) => {
        const before = secret.slice(0, place)
        const after = secret.slice(place + 1)
        const broken = [before + other + after, before + after, before + secret[place] + secret[place] + after]
        if (after !== '') broken.push(before + after[0] + secret[place] + after.slice(1))
        for (const text of broken) if (text !== secret) expect(parseSecret('kt', text)).toBeNull()
      }),
      { numRuns: 200 },
    )
  })

  it('is rejected without a database query if a character was changed', async () => {
    const identify = vi.fn()
    const verifier = new KeyVerifier({
      prefix: 'kt',
      clock: new ManualClock(),
      keyFacts: { identified: () => undefined, identify, find: identify },
    } as unknown as KeyVerifierParts)
    await fc.assert(
      fc.asyncProperty(secrets, fc.integer({ min: 6, max: 54 }), fc.constantFrom(...ALPHABET), async (...given) => {
        const [secret, place, other] = given
        const changed = secret.slice(0, place) + other + secret.slice(place + 1)
        fc.pre(changed !== secret)
        expect(await verifier.verify(changed, null)).toMatchObject({ valid: false, reason: 'MALFORMED' })
      }),
    )
    expect(identify).not.toHaveBeenCalled()
    identify.mockResolvedValue(null)
    await verifier.verify(newSecret('kt', 'ak'), null)
    expect(identify).toHaveBeenCalledTimes(1)
  })

  it.each([
    ['of another deployment', newSecret('acme', 'ak')],
    ['of a kind that there is not', newSecret('kt', 'ak').replace('_ak_', '_xk_')],
    ['empty', ''],
    ['with a line break behind it', `${newSecret('kt', 'ak')}\n`],
    ['with a space before it', ` ${newSecret('kt', 'ak')}`],
    ['twice in a row', newSecret('kt', 'ak').repeat(2)],
    ['in capital letters', newSecret('kt', 'ak').toUpperCase()],
    ['a token of an invitation', `kt_inv_${'A'.repeat(43)}`],
    ['an access token', 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl'],
  ])('is rejected: %s', (_, text) => {
    expect(parseSecret('kt', text)).toBeNull()
  })

  it('of a deployment with another prefix is only accepted there', () => {
    const secret = newSecret('acme1', 'pk')
    expect(parseSecret('acme1', secret)).toBe('pk')
    expect(parseSecret('acme', secret)).toBeNull()
  })

  it('is shown as its prefix and its last four characters, and stored as its SHA-256', () => {
    fc.assert(
      fc.property(secrets, (secret) => {
        expect(hintOf(secret)).toBe(`${secret.slice(0, 6)}...${secret.slice(-4)}`)
        expect(hashSecret(secret)).toBe(hash('sha256', secret, 'hex'))
      }),
    )
  })

  it.each([
    [(secret: string) => secret, 'kt_ak_...'],
    [(secret: string) => `Bearer ${secret}`, 'Bearer kt_ak_...'],
    [(secret: string) => `(${secret}), then ${secret}`, '(kt_ak_...), then kt_ak_...'],
    [(secret: string) => secret.slice(0, -3), 'kt_ak_...'],
    [(secret: string) => secret.toUpperCase(), 'KT_AK_...'],
    [() => newSecret('acme1', 'pk'), 'acme1_pk_...'],
    [() => `kt_inv_${'A-_'.repeat(14)}A`, 'kt_inv_...'],
    [() => 'key_00000000000040008000000000000000 of kt', 'key_00000000000040008000000000000000 of kt'],
  ])('is redacted from other text: %#', (textOf, shown) => {
    expect(hideSecrets(textOf(newSecret('kt', 'ak')))).toBe(shown)
  })
})
