import { type EventRecord, GENESIS_HASH, hashOf } from '../audit/audit-event.ts'
import type { JsonObject } from '../audit/canonical-json.ts'
import { AuditChainDocument, type AuditChainQuery } from '../generated/graphql.ts'
import type { DemoClient } from './demo-client.ts'

type Organization = NonNullable<AuditChainQuery['organization']>
type ChainNode = NonNullable<Organization['auditEvents']>['edges'][number]['node']

/** An event with all that its hash is made of, as the API tells it. */
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

/** Pages of an organization's whole history, oldest first. */
export async function* walkHistory(
  client: DemoClient,
  organizationId: string,
  pageSize: number,
): AsyncGenerator<EventRecord[], void> {
  let before: string | null = null
  for (;;) {
    // Histories are told newest first, so the way forward in time leads backward through the pages.
    const variables: { organizationId: string; last: number; before: string | null } = {
      organizationId,
      last: pageSize,
      before,
    }
    const answer: AuditChainQuery = await client.run(AuditChainDocument, variables)
    const page = answer.organization?.auditEvents
    if (page == null) throw new Error('The server shows no history.')
    yield page.edges.map(({ node }) => eventOf(organizationId, node)).reverse()
    if (!page.pageInfo.hasPreviousPage) return
    before = page.pageInfo.startCursor ?? null
  }
}

/** The first sequence at which a chain is broken: an event missing, altered or out of place; null where it is whole. */
export const firstBroken = (events: readonly EventRecord[]): number | null => {
  let previousHash = GENESIS_HASH
  for (const [index, { hash, ...rest }] of events.entries()) {
    const sequence = index + 1
    if (rest.sequence !== sequence || rest.previousHash !== previousHash || hashOf(rest) !== hash) return sequence
    previousHash = hash
  }
  return null
}
