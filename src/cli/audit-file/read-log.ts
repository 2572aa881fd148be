import type { LoggedEvent } from '../../audit-chain/exported-event.ts'
import type { KeyturnClient } from '../../client/client.ts'
import { AuditChainDocument } from '../../generated/graphql.ts'
import { failed } from '../command-error.ts'
import { retryRead } from '../session/retry-read.ts'

/** Events of an audit log in the order of their sequences, and whether there are more behind them. */
export interface LogPage {
  readonly events: readonly LoggedEvent[]
  readonly hasMore: boolean
}

/** The events after a sequence, oldest first. The API lists the newest events first, so pages are read backward. */
export const readLogAfter = async (
  client: KeyturnClient,
  organizationId: string,
  after: number,
  pageSize: number,
): Promise<LogPage> => {
  const { organization } = await client.execute(AuditChainDocument, { organizationId, last: pageSize, after })
  const page = organization?.auditEvents
  if (page == null) throw failed('There is no such organization, or you may not read its audit log.')
  return { events: page.edges.map(({ node }) => node).reverse(), hasMore: page.pageInfo.hasPreviousPage }
}

/** Pages of an organization's audit log, oldest first. */
export async function* readLog(
  client: KeyturnClient,
  organizationId: string,
  pageSize: number,
): AsyncGenerator<readonly LoggedEvent[], void> {
  for (let after = 0; ; ) {
    const from: number = after
    const { events, hasMore } = await retryRead(() => readLogAfter(client, organizationId, from, pageSize))
    yield events
    if (!hasMore) return
    after = events.at(-1)?.sequence ?? after
  }
}
