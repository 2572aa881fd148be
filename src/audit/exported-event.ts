import type { HashedEvent } from '../audit-chain/hashed-event.ts'
import { instantText } from '../kernel/instant.ts'

/**
 * A line of an exported audit log: JSON with every field that the hash covers, and the hash. `keyturn audit export` writes
 * the same.
 */
export const exportLine = (event: HashedEvent): string =>
  `${JSON.stringify({
    organizationId: event.organizationId,
    sequence: event.sequence,
    id: event.id,
    type: event.type,
    occurredAt: instantText(event.occurredAt),
    actor: { kind: event.actor.kind, id: event.actor.id, name: event.actor.name },
    credentialId: event.credentialId,
    tokenId: event.tokenId,
    targetId: event.targetId,
    targetName: event.targetName,
    details: event.storedDetails,
    requestId: event.requestId,
    ipAddress: event.ipAddress,
    userAgent: event.userAgent,
    previousHash: event.previousHash,
    hash: event.hash,
  })}\n`
