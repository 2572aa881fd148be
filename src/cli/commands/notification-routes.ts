import {
  type AuditEventType,
  CreateNotificationRouteDocument,
  DeleteNotificationRouteDocument,
  ListNotificationRoutesDocument,
  type NotificationRouteFieldsFragment,
  type NotificationTargetInput,
  SendTestNotificationDocument,
} from '../../generated/graphql.ts'
import { formatDuration } from '../../kernel/duration.ts'
import { wrongUsage } from '../command-error.ts'
import type { GlobalOptions } from '../options.ts'
import { withSession } from '../session/session.ts'
import { askSecret, confirm, readSecret } from '../terminal/prompt.ts'
import type { Column } from '../terminal/table.ts'
import { projectId } from './key-filter.ts'

interface NewRouteOptions extends GlobalOptions {
  readonly webhook?: string
  readonly slack?: string
  readonly pagerDuty?: string
  readonly email?: readonly string[]
  readonly keyOwner?: boolean
  readonly keyManagers?: boolean
  readonly type?: readonly AuditEventType[]
  /** Seconds. */
  readonly maximumThreshold?: number
  readonly project?: string
}

const stateOf = ({ enabled, disabledReason }: NotificationRouteFieldsFragment): string =>
  enabled ? 'enabled' : `disabled${disabledReason === null ? '' : `: ${disabledReason}`}`

/** Lists the notification routes of the organization. */
export const listNotificationRoutes = (options: GlobalOptions): Promise<void> =>
  withSession(options, async (session) => {
    const { client, output } = session
    const { id: organizationId } = await session.organization()
    const { organization } = await client.execute(ListNotificationRoutesDocument, { organizationId })
    const columns: Column<NotificationRouteFieldsFragment>[] = [
      { title: 'ROUTE', text: ({ id }) => id },
      { title: 'NAME', text: ({ name }) => name, narrowest: 8 },
      { title: 'CHANNEL', text: ({ channel }) => channel.toLowerCase() },
      { title: 'TARGET', text: ({ target }) => target ?? '', narrowest: 8, rank: 1 },
      { title: 'STATE', text: stateOf, style: ({ enabled }) => (enabled ? null : 'yellow'), narrowest: 8 },
    ]
    await output.list(organization?.notificationRoutes ?? [], columns, 'No notification routes.')
  })

/** A credential from standard input or a hidden question: never from the command line, which other users can read. */
const obtain = async (option: string, value: string, question: string): Promise<string> => {
  if (value !== '-')
    throw wrongUsage(`Other users can read the command line: pass ${option} - and the value on standard input.`)
  return process.stdin.isTTY ? askSecret(question) : readSecret()
}

const targetOf = async (options: NewRouteOptions): Promise<NotificationTargetInput> => {
  const { webhook, slack, pagerDuty, email, keyOwner, keyManagers } = options
  const mails = email !== undefined || keyOwner === true || keyManagers === true
  const chosen = [webhook !== undefined, slack !== undefined, pagerDuty !== undefined, mails]
  if (chosen.filter(Boolean).length !== 1)
    throw wrongUsage(
      'Pass exactly one of --webhook, --slack, --pager-duty, and --email, --key-owner or --key-managers.',
    )
  if (webhook !== undefined) return { webhook: { url: webhook } }
  if (slack !== undefined) return { slack: { url: await obtain('--slack', slack, 'URL of the incoming webhook: ') } }
  if (pagerDuty !== undefined)
    return { pagerDuty: { routingKey: await obtain('--pager-duty', pagerDuty, 'Routing key: ') } }
  return {
    email: {
      ...(email === undefined ? {} : { addresses: [...email] }),
      keyOwner: keyOwner === true,
      keyManagers: keyManagers === true,
    },
  }
}

/** Creates a notification route. Prints the signing secret of a webhook to standard output; it is shown only once. */
export const createNotificationRoute = (options: NewRouteOptions, name: string): Promise<void> =>
  withSession(options, async (session) => {
    const { client, output } = session
    const target = await targetOf(options)
    const { id: organizationId } = await session.organization()
    const { type, maximumThreshold, project } = options
    const input = {
      organizationId,
      name,
      target,
      ...(type === undefined ? {} : { types: [...type] }),
      ...(maximumThreshold === undefined ? {} : { maximumThreshold: formatDuration(maximumThreshold) }),
      ...(project === undefined ? {} : { projectId: await projectId(session, organizationId, project) }),
    }
    const { createNotificationRoute: created } = await client.execute(CreateNotificationRouteDocument, { input })
    if (output.json) return output.value(created)
    output.note(`Created ${created.route.name} (${created.route.id}).`)
    if (created.signingSecret === null) return
    output.note('Its signing secret, shown once and never again:')
    await output.line(created.signingSecret)
  })

/** Sends a test notification through a route. */
export const testNotificationRoute = (options: GlobalOptions, id: string): Promise<void> =>
  withSession(options, async ({ client, output }) => {
    const { sendTestNotification } = await client.execute(SendTestNotificationDocument, { input: { id } })
    const { delivery } = sendTestNotification
    if (output.json) return output.value(delivery)
    await output.say(`The test notification ${delivery.id} is on its way.`)
  })

/** Deletes a notification route and its deliveries. */
export const deleteNotificationRoute = (options: GlobalOptions, id: string): Promise<void> =>
  withSession(options, async ({ client, output }) => {
    await confirm(`Delete the notification route ${id}? Deliveries that wait are not sent.`, options)
    const { deleteNotificationRoute: deleted } = await client.execute(DeleteNotificationRouteDocument, {
      input: { id },
    })
    await (output.json ? output.value(deleted) : output.say(`Deleted ${deleted.deletedRouteId}.`))
  })
