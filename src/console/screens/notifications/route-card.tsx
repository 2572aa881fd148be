import { getRouteApi } from '@tanstack/react-router'
import { useAction } from '../../data/use-action.ts'
import {
  NotificationsTestDocument,
  NotificationsUpdateDocument,
  type RouteFieldsFragment,
} from '../../generated/graphql.ts'
import { CopyAs } from '../../shell/copy-as.tsx'
import { useToasts } from '../../shell/toasts.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Switch } from '../../ui/choice.tsx'
import { formatDuration } from '../../ui/format-time.ts'
import { Facts } from '../../ui/layout.tsx'
import { Menu } from '../../ui/menu.tsx'
import { labelOf } from '../audit/event-types.ts'
import { CHANNEL_NAMES } from './channels.ts'
import type { RouteTask } from './route-tasks.tsx'

const screen = getRouteApi('/console/$organizationId/notifications')

export interface RouteCardProps {
  readonly route: RouteFieldsFragment
  /** Opens a dialog about the route. */
  readonly onTask: (task: RouteTask) => void
}

/** One route: where it sends what, and everything that can be done with it. */
export const RouteCard = ({ route, onTask }: RouteCardProps) => {
  const search = screen.useSearch()
  const navigate = screen.useNavigate()
  const isOpen = search.route === route.id
  return (
    <section className="card route" aria-label={route.name}>
      <header className="card__header">
        <div className="row">
          <h2>{route.name}</h2>
          <Badge tone="info">{CHANNEL_NAMES[route.channel]}</Badge>
          {!route.enabled && <Badge tone={route.disabledReason == null ? 'neutral' : 'bad'}>Disabled</Badge>}
        </div>
        <div className="row">
          <EnabledSwitch route={route} />
          <TestButton route={route} />
          <Button
            size="small"
            aria-expanded={isOpen}
            onClick={() => void navigate({ search: isOpen ? {} : { route: route.id } })}
          >
            Deliveries
          </Button>
          <Menu
            trigger={<IconButton icon="more" size="small" label={`More actions for ${route.name}`} />}
            groups={[
              [
                { label: 'Change', icon: 'edit', onSelect: () => onTask('edit') },
                { label: 'Send events again', icon: 'rotate', onSelect: () => onTask('redeliver') },
                {
                  label: 'Rotate the signing secret',
                  icon: 'key',
                  onSelect: () => onTask('rotate'),
                  disabledReason: route.channel === 'WEBHOOK' ? null : 'Only webhooks are signed.',
                },
              ],
              [{ label: 'Delete', icon: 'trash', danger: true, onSelect: () => onTask('delete') }],
            ]}
          />
        </div>
      </header>
      <div className="card__body">
        {route.disabledReason != null && (
          <Callout tone="bad" role="status">
            {route.disabledReason}
          </Callout>
        )}
        <Facts
          facts={[
            {
              name: 'Sends to',
              value: route.target == null ? null : <code className="route-target">{route.target}</code>,
            },
            { name: 'Events', value: route.types.map(labelOf).join(', ') },
            {
              name: 'Warnings',
              value:
                route.maximumThreshold == null
                  ? null
                  : `at most ${formatDuration(route.maximumThreshold)} before the expiry`,
            },
            { name: 'Project', value: route.project?.name },
            { name: 'Read up to', value: `event ${route.position}` },
          ]}
        />
      </div>
    </section>
  )
}

const EnabledSwitch = ({ route }: { readonly route: RouteFieldsFragment }) => {
  const update = useAction(NotificationsUpdateDocument)
  return (
    <>
      <CopyAs
        document={NotificationsUpdateDocument}
        variables={{ input: { id: route.id, enabled: !route.enabled } }}
        command={null}
        label={`Copy “${route.enabled ? 'disable' : 'enable'}” as`}
      />
      <Switch
        label="Sends"
        checked={route.enabled}
        onChange={(enabled) => void update.run({ input: { id: route.id, enabled } })}
      />
    </>
  )
}

const TestButton = ({ route }: { readonly route: RouteFieldsFragment }) => {
  const test = useAction(NotificationsTestDocument)
  const toasts = useToasts()
  const variables = { input: { id: route.id } }
  const run = async () => {
    const delivery = (await test.run(variables))?.sendTestNotification.delivery
    if (delivery === undefined) return
    if (delivery.status === 'DELIVERED') toasts.show('The test message arrived')
    else toasts.show('The test message has not arrived yet', delivery.error ?? 'It is tried again.')
  }
  return (
    <>
      <CopyAs
        document={NotificationsTestDocument}
        variables={variables}
        command={`keyturn notifications test ${route.id}`}
        label="Copy the test as"
      />
      <Button size="small" busy={test.isRunning} onClick={() => void run()}>
        Send a test
      </Button>
    </>
  )
}
