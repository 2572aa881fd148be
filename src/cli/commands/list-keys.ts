import { ApiKeysDocument } from '../../generated/graphql.ts'
import type { GlobalOptions } from '../options.ts'
import { withSession } from '../session/session.ts'
import { type KeyFilterOptions, keyFilter } from './key-filter.ts'
import { keyColumns } from './key-view.ts'
import { collect, nodesOf, PAGE_SIZE } from './pages.ts'

/** Lists the API keys of the organization. With a filter by expiry, those that expire first are at the top. */
export const listKeys = (options: KeyFilterOptions & GlobalOptions): Promise<void> =>
  withSession(options, async (session) => {
    const { id: organizationId } = await session.organization()
    const filter = await keyFilter(session, organizationId, options)
    const orderBy = options.expiring === undefined ? null : ({ field: 'EXPIRES_AT', direction: 'ASC' } as const)
    const keys = nodesOf(async (after) => {
      const variables = { organizationId, filter, orderBy, first: PAGE_SIZE, after }
      return (await session.client.execute(ApiKeysDocument, variables)).organization?.apiKeys
    })
    await session.output.list(await collect(keys), keyColumns(session.output), 'No keys.')
  })
