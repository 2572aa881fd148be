import type { LoggedEvent } from '../../audit-chain/exported-event.ts'
import type { KeyturnClient } from '../../client/client.ts'
import { AuditChainDocument } from '../../generated/graphql.ts'
import { failed } from '../command-error.ts'
import { patiently } from '../session/patiently.ts'

/** Pages of an organization's audit log, oldest first. The API lists the newest events first, so pages are read backward. */
export async function* readLog(
  client: KeyturnClient,
  organizationId: string,
  pageSize: number,
): AsyncGenerator<LoggedEvent[], void> {
  for (let before: string | null = null; ; ) {
    const variables: { organizationId: string; last: number; before: string | null } = {
      organizationId,
      last: pageSize,
      before,
    }
    const { organization } = await patiently(() => client.execute(AuditChainDocument, variables))
    const page = organization?.auditEvents
    if (page == null) throw failed('There is no such organization, or you may not read its audit log.')
    yield page.edges.map(({ node }) => node).reverse()
    if (!page.pageInfo.hasPreviousPage) return
    before = page.pageInfo.startCursor
  }
}
