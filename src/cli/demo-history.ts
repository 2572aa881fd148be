import type { EventRecord } from '../audit/audit-event.ts'
import type { JsonObject } from '../audit/canonical-json.ts'
import { BEGINNING, follows, type VerifiedPosition } from '../audit/hash-chain.ts'
import { AuditChainDocument, type AuditChainQuery } from '../generated/graphql.ts'
import type { DemoClient } from './demo-client.ts'

type Organization = NonNullable<AuditChainQuery['organization']>
type ChainNode = NonNullable<Organization['auditEvents']>['edges'][number]['node']

/** Converts an event of the API to the record that its hash covers. */
const eventOf = (organizationId: string, { details, ...node }: ChainNode): EventRecord => ({
  ...node,
  organizationId,
  occurredAt: new Date(node.occurredAt),
  actor: { kind: node.actor.kind, id: node.actor.id ?? null, name: node.actor.name ?? null },
  storedDetails: details as JsonObject,
  credentialId: node.credentialId ?? null,
  tokenId: node.tokenId ?? null,
  targetId: node.targetId ?? null,
  targetName: node.targetName ?? null,
  requestId: node.requestId ?? null,
  ipAddress: node.ipAddress ?? null,
  userAgent: node.userAgent ?? null,
})

/** Reads the pages of an organization's audit log, oldest first. */
export async function* readAuditLog(
  client: DemoClient,
  organizationId: string,
  pageSize: number,
): AsyncGenerator<EventRecord[], void> {
  let before: string | null = null
  for (;;) {
    // The API lists the newest events first, so read the pages backward.
    const variables: { organizationId: string; last: number; before: string | null } = {
      organizationId,
      last: pageSize,
      before,
    }
    const answer: AuditChainQuery = await client.run(AuditChainDocument, variables)
    const page = answer.organization?.auditEvents
    if (page == null) throw new Error('The server returned no audit log.')
    yield page.edges.map(({ node }) => eventOf(organizationId, node)).reverse()
    if (!page.pageInfo.hasPreviousPage) return
    before = page.pageInfo.startCursor ?? null
  }
}

/** The first sequence at which the hash chain is broken (an event is missing, altered or reordered); null if it is intact. */
export const firstBroken = (events: readonly EventRecord[]): number | null => {
  let position: VerifiedPosition = BEGINNING
  for (const event of events) {
    if (!follows(position, event)) return position.sequence + 1
    position = event
  }
  return null
}
