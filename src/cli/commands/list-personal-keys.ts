import { OwnPersonalAccessKeysDocument } from '../../generated/graphql.ts'
import type { GlobalOptions } from '../options.ts'
import { withSession } from '../session/session.ts'
import { keyColumns } from './key-view.ts'

/** Lists the caller's personal access keys: of all organizations, or of the one that was chosen. */
export const listPersonalKeys = (options: GlobalOptions): Promise<void> =>
  withSession(options, async (session) => {
    const { client, output } = session
    const chosen = options.organization === undefined ? null : (await session.organization()).id
    const { personalAccessKeys } = (await client.execute(OwnPersonalAccessKeysDocument, {})).viewer
    const keys = personalAccessKeys.filter(({ organization }) => chosen === null || organization.id === chosen)
    await output.list(keys, keyColumns(output), 'No personal access keys.')
  })
