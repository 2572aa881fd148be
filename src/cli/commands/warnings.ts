import {
  AcknowledgeExpiryWarningDocument,
  type ExpiryWarningFieldsFragment,
  ListExpiryWarningsDocument,
} from '../../generated/graphql.ts'
import type { GlobalOptions } from '../options.ts'
import { withSession } from '../session/session.ts'
import type { Column } from '../terminal/table.ts'
import { collect, nodesOf, PAGE_SIZE } from './pages.ts'

/** Lists unacknowledged warnings, or acknowledges some. */
export const warnings = (options: GlobalOptions & { readonly acknowledge?: readonly string[] }): Promise<void> =>
  withSession(options, async (session) => {
    const { client, output } = session
    const columns: Column<ExpiryWarningFieldsFragment>[] = [
      { title: 'WARNING', text: ({ id }) => id },
      { title: 'KEY', text: ({ key }) => key.name, narrowest: 8 },
      { title: 'EXPIRES', text: ({ expiresAt }) => output.instant(expiresAt), style: () => 'yellow', narrowest: 11 },
      { title: 'KEY ID', text: ({ key }) => key.id, rank: 1 },
    ]
    if (options.acknowledge !== undefined) {
      const acknowledged: ExpiryWarningFieldsFragment[] = []
      for (const id of options.acknowledge)
        acknowledged.push(
          (await client.execute(AcknowledgeExpiryWarningDocument, { id })).acknowledgeExpiryWarning.expiryWarning,
        )
      if (output.json) return output.value(acknowledged)
      for (const { id, key } of acknowledged) await output.say(`Acknowledged ${id} about ${key.name} (${key.id}).`)
      return
    }
    const { id: organizationId } = await session.organization()
    const open = nodesOf(async (after) => {
      const variables = { organizationId, acknowledged: false, first: PAGE_SIZE, after }
      return (await client.execute(ListExpiryWarningsDocument, variables)).organization?.expiryWarnings
    })
    await output.list(await collect(open), columns, 'No open warnings.')
  })
