import fc from 'fast-check'
import { expect, it } from 'vitest'
import { canonicalJson, type JsonObject } from '../../src/audit-chain/canonical-json.ts'
import { type HashedEvent, hashedText } from '../../src/audit-chain/hashed-event.ts'

const text = fc.string({ unit: 'grapheme' })
const textOrNull = fc.option(text)

const events: fc.Arbitrary<Omit<HashedEvent, 'hash'>> = fc.record({
  id: text,
  organizationId: text,
  sequence: fc.maxSafeNat(),
  type: text,
  occurredAt: fc.date({ noInvalidDate: true }),
  actor: fc.record({ kind: text, id: textOrNull, name: textOrNull }),
  credentialId: textOrNull,
  tokenId: textOrNull,
  targetId: textOrNull,
  targetName: textOrNull,
  storedDetails: fc.dictionary(text, fc.jsonValue()) as fc.Arbitrary<JsonObject>,
  requestId: textOrNull,
  ipAddress: textOrNull,
  userAgent: textOrNull,
  previousHash: text,
})

it('the hash of an event covers the canonical JSON of its fields, without a credential or a token that is null', () => {
  fc.assert(
    fc.property(events, (event) => {
      const { credentialId, tokenId, storedDetails, occurredAt, ...rest } = event
      expect(hashedText(event)).toBe(
        canonicalJson({
          ...rest,
          details: storedDetails,
          occurredAt: occurredAt.toISOString(),
          ...(credentialId === null ? {} : { credentialId }),
          ...(tokenId === null ? {} : { tokenId }),
        }),
      )
    }),
  )
})
