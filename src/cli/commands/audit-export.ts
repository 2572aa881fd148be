import { AuditChainDocument, AuditHeadDocument } from '../../generated/graphql.ts'
import { exportedEvent } from '../audit-file/exported-event.ts'
import { failed } from '../command-error.ts'
import type { GlobalOptions } from '../options.ts'
import { patiently } from '../session/patiently.ts'
import { type Session, withSession } from '../session/session.ts'
import { Progress } from '../terminal/progress.ts'
import { PAGE_SIZE } from './pages.ts'

const GRANTS = 'audit:manager, keys:manager and members:manager'

/** Pages of the audit log, oldest first. The API lists the newest events first, so its pages are read backward. */
async function* pagesOf(session: Session, organizationId: string) {
  for (let before: string | null = null; ; ) {
    const variables: { organizationId: string; last: number; before: string | null } = {
      organizationId,
      last: PAGE_SIZE,
      before,
    }
    const { organization } = await patiently(() => session.client.execute(AuditChainDocument, variables))
    const page = organization?.auditEvents
    if (page == null) throw failed('There is no such organization, or you may not read its audit log.')
    yield page.edges.map(({ node }) => node).reverse()
    if (!page.pageInfo.hasPreviousPage) return
    before = page.pageInfo.startCursor
  }
}

/**
 * Writes the whole audit log to standard output, one event a line, oldest first. Stops where the caller may not read all
 * that a hash covers: nobody could verify such a file.
 */
export const exportEvents = (options: GlobalOptions): Promise<void> =>
  withSession(options, async (session) => {
    const { client, output } = session
    const { id: organizationId } = await session.organization()
    const { organization } = await client.execute(AuditHeadDocument, { organizationId })
    const progress = new Progress('Exported', organization?.auditEvents?.edges[0]?.node.sequence ?? 0)
    let exported = 0
    try {
      for await (const page of pagesOf(session, organizationId)) {
        for (const node of page) {
          if (Array.isArray(node.details.withheld))
            throw failed(`Event ${node.sequence} has fields that you may not read: an export needs ${GRANTS}.`)
          await output.value(exportedEvent(node))
        }
        exported += page.length
        progress.update(exported)
      }
    } finally {
      progress.end()
    }
  })
