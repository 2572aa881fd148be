import { formatScope } from '../../kernel/grants.ts'
import type { GlobalOptions } from '../options.ts'
import { type Session, type Viewer, withSession } from '../session/session.ts'

/** Shows who a session is. */
export const describeViewer = async ({ connection, output }: Session, viewer: Viewer): Promise<void> => {
  const { server, profile } = connection
  const { user, key, organizations } = viewer
  await output.facts({ server, profile, ...viewer }, [
    ['Server', server],
    ['Profile', profile],
    ['User', user && `${user.name}${user.email === null ? '' : ` <${user.email}>`}`],
    ['Key', key && `${key.name} (${key.id})`],
    ['Expires', key && output.instant(key.expiresAt, 'never')],
    ['Grants', key && (formatScope(key.grants) || 'none')],
    ['Organization', key && `${key.organization.name} (${key.organization.id})`],
    ['Member of', organizations.map(({ name, slug }) => `${name} (${slug})`).join(', ')],
  ])
}

/** Shows who the stored credential stands for. */
export const whoami = (options: GlobalOptions): Promise<void> =>
  withSession(options, async (session) => describeViewer(session, await session.viewer()))
