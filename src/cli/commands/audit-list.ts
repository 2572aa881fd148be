import { type AuditEventFieldsFragment, AuditEventsDocument, type AuditEventType } from '../../generated/graphql.ts'
import type { GlobalOptions } from '../options.ts'
import { withSession } from '../session/session.ts'
import type { Column } from '../terminal/table.ts'
import { collect, nodesOf, PAGE_SIZE } from './pages.ts'

interface AuditListOptions extends GlobalOptions {
  readonly type?: readonly AuditEventType[]
  readonly actor?: string
  readonly key?: string
  readonly since?: Date
  readonly limit?: number
}

/** Lists events of the audit log, newest first. */
export const listEvents = (options: AuditListOptions): Promise<void> =>
  withSession(options, async (session) => {
    const { client, output } = session
    const { id: organizationId } = await session.organization()
    const { type, actor, key, since, limit } = options
    const filter = {
      ...(type === undefined ? {} : { types: [...type] }),
      ...(actor === undefined ? {} : { actorId: actor }),
      ...(key === undefined ? {} : { targetId: key }),
      ...(since === undefined ? {} : { occurredAfter: since.toISOString() }),
    }
    const first = Math.max(1, Math.min(limit ?? PAGE_SIZE, PAGE_SIZE))
    const events = nodesOf(async (after) => {
      const variables = { organizationId, filter, first, after }
      return (await client.execute(AuditEventsDocument, variables)).organization?.auditEvents
    })
    const columns: Column<AuditEventFieldsFragment>[] = [
      { title: 'SEQUENCE', text: ({ sequence }) => String(sequence) },
      { title: 'WHEN', text: ({ occurredAt }) => output.instant(occurredAt), narrowest: 14 },
      { title: 'TYPE', text: (event) => event.type },
      { title: 'ACTOR', text: ({ actor: { name, kind } }) => name ?? kind.toLowerCase(), narrowest: 8 },
      { title: 'TARGET', text: ({ targetName, targetId }) => targetName ?? targetId ?? '', narrowest: 8 },
      { title: 'TARGET ID', text: ({ targetId }) => targetId ?? '', rank: 1 },
    ]
    await output.list(await collect(events, limit), columns, 'No events.')
  })
