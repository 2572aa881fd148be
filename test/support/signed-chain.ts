import { CompactSign, exportJWK, generateKeyPair } from 'jose'
import { hashOf } from '../../src/audit/hash-chain.ts'
import type { VerifiedPosition } from '../../src/audit-chain/chain-position.ts'
import type { CheckpointFile } from '../../src/audit-chain/checkpoint-file.ts'
import type { LoggedEvent } from '../../src/audit-chain/exported-event.ts'

/** The organization of these logs, where no other is named. */
export const ORGANIZATION = 'org_00000000000040008000000000000000'

/** A log without a server: so many events behind a position, oldest first. */
export const chain = (from: VerifiedPosition, count: number, organizationId = ORGANIZATION): LoggedEvent[] => {
  const events: LoggedEvent[] = []
  let position = from
  for (let index = 0; index < count; index += 1) {
    const sequence = position.sequence + 1
    const unhashed = {
      organizationId,
      sequence,
      id: `evt_${sequence}`,
      type: 'KEY_CREATED',
      occurredAt: new Date(Date.UTC(2026, 10, 26) + sequence * 1_000),
      actor: { kind: 'USER', id: 'usr_1', name: 'Zoë\u2028' },
      credentialId: sequence % 2 === 0 ? 'key_1' : null,
      tokenId: null,
      targetId: 'key_2',
      targetName: 'nightly',
      storedDetails: { hint: 'kt_ak_...', grants: ['build:operator'], count: sequence },
      requestId: null,
      ipAddress: '127.0.0.1',
      userAgent: 'curl',
      previousHash: position.hash,
    }
    const hash = hashOf(unhashed)
    const { storedDetails, occurredAt, ...fields } = unhashed
    events.push({ ...fields, occurredAt: occurredAt.toISOString(), details: storedDetails, hash })
    position = { sequence, hash }
  }
  return events
}

/** The same events from the second on, with another detail in the second, and all hashes right again. */
export const rewritten = (events: readonly LoggedEvent[]): LoggedEvent[] => {
  const [first, ...rest] = events
  if (first === undefined) return []
  let previousHash = first.hash
  return [
    first,
    ...rest.map((event) => {
      const { hash: _, details, occurredAt, ...fields } = event
      const storedDetails = event.sequence === 2 ? { hint: 'kt_ak_forged' } : (details as Record<string, string>)
      const hash = hashOf({ ...fields, previousHash, storedDetails, occurredAt: new Date(occurredAt) })
      const changed = { ...fields, previousHash, occurredAt, details: storedDetails, hash }
      previousHash = hash
      return changed
    }),
  ]
}

/** Signs heads as a server does. */
export interface Signer {
  readonly keys: CheckpointFile['keys']
  sign(head: VerifiedPosition, typ?: string): Promise<CheckpointFile>
}

/** A signer with a key of its own. */
export const createSigner = async (organizationId = ORGANIZATION): Promise<Signer> => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const keys = { keys: [{ kty: 'EC', ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }] }
  return {
    keys,
    sign: async ({ sequence, hash }, typ = 'keyturn-checkpoint+jws') => {
      const signedAt = '2026-11-26T00:00:00.000Z'
      const payload = JSON.stringify({ iss: 'http://x', organization: organizationId, sequence, hash, signedAt })
      const signature = await new CompactSign(new TextEncoder().encode(payload))
        .setProtectedHeader({ alg: 'ES256', kid: 'k', typ })
        .sign(privateKey)
      return { sequence, hash, signedAt, signature, keys }
    },
  }
}
