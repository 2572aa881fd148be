import { setTimeout as wait } from 'node:timers/promises'
import { follows } from '../../audit/hash-chain.ts'
import { BEGINNING, type VerifiedPosition } from '../../audit-chain/chain-position.ts'
import { hashedEventOf } from '../../audit-chain/exported-event.ts'
import type { HashedEvent } from '../../audit-chain/hashed-event.ts'
import type { KeyturnClient } from '../../client/client.ts'
import { AuditVerificationDocument } from '../../generated/graphql.ts'
import { readLog } from '../audit-file/read-log.ts'
import { clockOf, must, PAUSE_MS, paint, say, show, step } from './output.ts'

const AUDIT_LOG_PAGE_SIZE = 4

const printEvent = ({ sequence, type, occurredAt, actor, targetName, hash }: HashedEvent): void =>
  say(
    [
      String(sequence).padStart(3),
      clockOf(occurredAt),
      paint('cyan', type.padEnd(20)),
      (actor.name ?? actor.kind.toLowerCase()).padEnd(9),
      (targetName ?? '').padEnd(14),
      paint('dim', hash.slice(0, 12)),
    ].join('  '),
  )

/** The first sequence at which the hash chain is broken (an event is missing, altered or reordered); null if it is intact. */
const firstBroken = (events: readonly HashedEvent[]): number | null => {
  let position: VerifiedPosition = BEGINNING
  for (const event of events) {
    if (!follows(position, event)) return position.sequence + 1
    position = event
  }
  return null
}

/** Reads the audit log, looks for the demo's key in it, and computes every hash again. Throws DemoFailure. */
export const checkAuditLog = async (owner: KeyturnClient, organizationId: string, keyName: string): Promise<void> => {
  step('All of it is in the audit log')
  const events: HashedEvent[] = []
  for await (const page of readLog(owner, organizationId, AUDIT_LOG_PAGE_SIZE)) {
    const hashed = page.map(hashedEventOf)
    events.push(...hashed)
    hashed.forEach(printEvent)
  }
  for (const type of ['KEY_CREATED', 'KEY_EXPIRY_WARNING', 'KEY_ROTATED', 'KEY_REVOKED', 'ACCESS_DENIED'])
    must(
      events.some((event) => event.type === type && event.targetName === keyName),
      `${type} in the audit log`,
    )
  await wait(PAUSE_MS)

  step('Its hash chain is intact')
  must(firstBroken(events) === null, 'every hash, computed again by the client, equals the one of the server')
  show(
    'computed by the client',
    `${paint('green', 'intact')}: ${events.length} SHA-256 hashes, each over the one before`,
  )
  const { organization } = await owner.execute(AuditVerificationDocument, { organizationId })
  const verification = organization?.auditVerification
  must(verification?.intact === true, 'the server reports an intact audit log')
  must(verification.headHash === events.at(-1)?.hash, 'the last hash of the server equals the last hash of the client')
  show('auditVerification', `${paint('green', 'intact')}: ${verification.checkedEvents} events checked by the server`)
  const forged = events.map((event) => (event.type === 'KEY_REVOKED' ? { ...event, targetName: 'other-key' } : event))
  const broken = firstBroken(forged)
  const altered = events.find((event) => event.type === 'KEY_REVOKED')?.sequence
  must(broken !== null && broken === altered, 'a forged event is detected')
  show('with one name forged', `${paint('red', 'broken')} at number ${broken}, as expected`)
}
