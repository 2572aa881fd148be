import { createHash } from 'node:crypto'
import type { TestClient } from './client.ts'

/** An event as the API shows it to somebody who may see all of it. */
export interface PublicEvent {
  readonly id: string
  readonly sequence: number
  readonly type: string
  readonly occurredAt: string
  readonly actor: { readonly kind: string; readonly id: string | null; readonly name: string | null }
  readonly credentialId: string | null
  readonly tokenId: string | null
  readonly targetId: string | null
  readonly targetName: string | null
  readonly details: Record<string, unknown>
  readonly requestId: string | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
  readonly previousHash: string
  readonly hash: string
}

export interface PublicPage {
  readonly edges: readonly { readonly cursor: string; readonly node: PublicEvent }[]
  readonly pageInfo: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly startCursor: string | null
    readonly endCursor: string | null
  }
}

const PAGE = /* GraphQL */ `
  query Page($id: ID!, $filter: AuditEventFilter, $first: Int, $after: String, $last: Int, $before: String) {
    organization(id: $id) {
      auditEvents(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
        edges { cursor node {
          id sequence type occurredAt actor { kind id name } credentialId tokenId targetId targetName details requestId ipAddress userAgent
          previousHash hash
        } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }
  }
`

interface PageVariables {
  readonly filter?: Record<string, unknown>
  readonly first?: number
  readonly after?: string | null
  readonly last?: number
  readonly before?: string | null
}

/** The answer to a request for a page of the history, whatever it is. */
export const sendPage = (client: TestClient, id: string, variables: PageVariables = {}) =>
  client.send<{ organization: { auditEvents: PublicPage | null } | null }>(PAGE, { id, ...variables })

export const pageOf = async (client: TestClient, id: string, variables: PageVariables = {}): Promise<PublicPage> => {
  const { data, errors } = await sendPage(client, id, variables)
  const page = data?.organization?.auditEvents
  if (page == null) throw new Error(`No page: ${JSON.stringify(errors)}`)
  return page
}

/** The whole history, oldest first. */
export const historyOf = async (client: TestClient, id: string, filter = {}): Promise<PublicEvent[]> => {
  const events: PublicEvent[] = []
  for (let after: string | null = null; ; ) {
    const page: PublicPage = await pageOf(client, id, { filter, first: 100, after })
    events.push(...page.edges.map(({ node }) => node))
    if (!page.pageInfo.hasNextPage) return events.reverse()
    after = page.pageInfo.endCursor
  }
}

// Written from RFC 8785 alone, on purpose not the service's own: what it computes, an auditor computes.
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const names = Object.keys(value).sort((left, right) => {
    for (let at = 0; ; at += 1) {
      const difference = (left.charCodeAt(at) || -1) - (right.charCodeAt(at) || -1)
      if (difference !== 0 || at >= left.length) return difference
    }
  })
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical((value as Record<string, unknown>)[name])}`).join()}}`
}

/** The hash of an event, computed from what the API shows of it. */
export const publicHash = ({ hash: _, credentialId, tokenId, ...event }: PublicEvent, organizationId: string): string =>
  createHash('sha256')
    .update(
      canonical({
        ...event,
        organizationId,
        // Left out where they are null, as in events from before they were recorded.
        ...(credentialId === null ? {} : { credentialId }),
        ...(tokenId === null ? {} : { tokenId }),
      }),
    )
    .digest('hex')

/** What is wrong with a whole history, oldest event first; nothing, where it is in order. */
export const faultsOf = (events: readonly PublicEvent[], organizationId: string): string[] => {
  const faults: string[] = []
  let previous = '0'.repeat(64)
  let occurredAt = ''
  for (const [index, event] of events.entries()) {
    if (event.sequence !== index + 1) faults.push(`event ${index + 1} has sequence ${event.sequence}`)
    if (event.previousHash !== previous) faults.push(`event ${event.sequence} does not follow the one before it`)
    if (publicHash(event, organizationId) !== event.hash) faults.push(`event ${event.sequence} has another hash`)
    if (event.occurredAt < occurredAt) faults.push(`event ${event.sequence} is earlier than the one before it`)
    previous = event.hash
    occurredAt = event.occurredAt
  }
  return faults
}
