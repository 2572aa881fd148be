import { exportedEvent } from '../../audit-chain/exported-event.ts'
import { AuditHeadDocument } from '../../generated/graphql.ts'
import { readLog } from '../audit-file/read-log.ts'
import { failed } from '../command-error.ts'
import type { GlobalOptions } from '../options.ts'
import { withSession } from '../session/session.ts'
import { Progress } from '../terminal/progress.ts'
import { PAGE_SIZE } from './pages.ts'

const GRANTS = 'audit:manager, keys:manager and members:manager'

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
      for await (const page of readLog(client, organizationId, PAGE_SIZE)) {
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
