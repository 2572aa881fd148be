import { CreateApiKeyDocument, CreatePersonalAccessKeyDocument } from '../../generated/graphql.ts'
import { formatDuration } from '../../kernel/duration.ts'
import type { Grant } from '../../kernel/grants.ts'
import type { Expiry, GlobalOptions } from '../options.ts'
import { withSession } from '../session/session.ts'
import { showSecret } from './created-key.ts'
import { projectId } from './key-filter.ts'

/** Options of a new key of either kind. */
interface NewKeyOptions extends GlobalOptions {
  readonly grant?: readonly Grant[]
  readonly expires?: Expiry
  readonly description?: string
  readonly allowIp?: readonly string[]
  /** Seconds before the expiry. */
  readonly warnBefore?: readonly number[]
}

const commonInput = ({ expires, description, allowIp, warnBefore }: NewKeyOptions) => ({
  ...expires,
  ...(description === undefined ? {} : { description }),
  ...(allowIp === undefined ? {} : { allowedIps: [...allowIp] }),
  ...(warnBefore === undefined ? {} : { warnBefore: warnBefore.map(formatDuration) }),
})

/** Creates an API key and shows its secret. */
export const createKey = (options: NewKeyOptions & { readonly project?: string }, name: string): Promise<void> =>
  withSession(options, async (session) => {
    const { id: organizationId } = await session.organization()
    const { project, grant = [] } = options
    const input = {
      organizationId,
      name,
      grants: [...grant],
      ...commonInput(options),
      ...(project === undefined ? {} : { projectId: await projectId(session, organizationId, project) }),
    }
    const { createApiKey } = await session.client.execute(CreateApiKeyDocument, { input })
    await showSecret(session.output, createApiKey.secret, createApiKey.apiKey, 'Created')
  })

/** Creates a personal access key of the caller and shows its secret. Without grants it carries all of the caller's own. */
export const createPersonalKey = (options: NewKeyOptions, name: string): Promise<void> =>
  withSession(options, async (session) => {
    const { id: organizationId } = await session.organization()
    const { grant } = options
    const input = {
      organizationId,
      name,
      ...commonInput(options),
      ...(grant === undefined ? {} : { grants: [...grant] }),
    }
    const { createPersonalAccessKey } = await session.client.execute(CreatePersonalAccessKeyDocument, { input })
    await showSecret(
      session.output,
      createPersonalAccessKey.secret,
      createPersonalAccessKey.personalAccessKey,
      'Created',
    )
  })
