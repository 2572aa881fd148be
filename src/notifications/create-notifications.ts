import type { AccessControl } from '../access/access-control.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../persistence/database.ts'
import type { PolicyDirectory } from '../policies/policy-directory.ts'
import { GuardedHttp } from './channels/guarded-http.ts'
import type { Lookup } from './channels/name-lookup.ts'
import { Mailer, type MailSettings } from './channels/mailer.ts'
import { CreateRoute } from './create-route.ts'
import { DeleteRoute } from './delete-route.ts'
import { findBacklog } from './deliveries.store.ts'
import { DeliveryQueries } from './delivery-queries.ts'
import { Dispatcher } from './dispatcher.ts'
import { MailSender } from './mail-sender.ts'
import type { NotificationChannel } from './notification.entity.ts'
import { NotificationWorker } from './notification-worker.ts'
import { Redeliver } from './redeliver.ts'
import { RouteAccess } from './route-access.ts'
import { RouteQueries } from './route-queries.ts'
import { RouteReader } from './route-reader.ts'
import type { Cipher } from './route-secrets.ts'
import { Sender } from './sender.ts'
import { type DeliveryResult, Settlements } from './settlements.ts'
import { TestNotifications } from './test-notifications.ts'
import { UpdateRoute } from './update-route.ts'

export interface NotificationsParts {
  readonly database: Database
  readonly clock: Clock
  readonly access: AccessControl
  readonly log: AuditLog
  readonly policies: PolicyDirectory
  readonly cipher: Cipher
  /** CIDR ranges that notifications may reach besides public addresses. */
  readonly allowedRanges: readonly string[]
  /** The SMTP server; null if none is configured. */
  readonly mail: MailSettings | null
  readonly linkTo: (organizationId: string, keyId: string | null) => string
  readonly onResult: (channel: NotificationChannel, result: DeliveryResult) => void
  readonly onFault: (error: unknown) => void
  /** Resolves host names. Default: the resolver of the system. */
  readonly lookup?: Lookup
}

/** The number of pending deliveries, and the age of the oldest. */
export interface Backlog {
  readonly pending: number
  readonly oldestSeconds: number
}

export interface Notifications {
  readonly worker: NotificationWorker
  readonly services: {
    readonly notificationRoutes: RouteQueries
    readonly createRoute: CreateRoute
    readonly updateRoute: UpdateRoute
    readonly deleteRoute: DeleteRoute
    readonly redeliver: Redeliver
    readonly notificationDeliveries: DeliveryQueries
    readonly testNotifications: TestNotifications
  }
  readonly backlog: () => Promise<Backlog>
  /** Starts to deliver. */
  start(): Promise<void>
  /** Releases the deliveries of running attempts, and closes all connections. */
  stop(): Promise<void>
}

/** Constructs the use cases of notification routes and the worker that delivers. The worker must be started. */
export const createNotifications = (parts: NotificationsParts): Notifications => {
  const { database, clock, access, log, cipher, allowedRanges, onFault } = parts
  const http = new GuardedHttp({ allowedRanges, ...(parts.lookup === undefined ? {} : { lookup: parts.lookup }) })
  const mailer = parts.mail === null ? null : new Mailer(parts.mail)
  const rules = { allowedRanges, mail: mailer !== null }
  const routeAccess = new RouteAccess(database, access)
  const routeParts = { database, clock, access, log, cipher, rules, routeAccess }
  const { linkTo } = parts
  const mail = new MailSender({ database, clock, cipher, mailer, linkTo })
  const sender = new Sender({ database, clock, cipher, http, mail, linkTo })
  const settlements = new Settlements({ database, clock, log, onResult: parts.onResult, onFault })
  const onFree = () => worker.wake()
  const dispatcher = new Dispatcher({ database, clock, sender, settlements, onFree, onFault })
  const reader = new RouteReader(database, clock, parts.policies)
  const worker: NotificationWorker = new NotificationWorker({
    database,
    clock,
    cipher,
    reader,
    dispatcher,
    mail: mailer !== null,
    onFault,
  })
  log.onCommit(() => worker.wake())
  return {
    worker,
    services: {
      notificationRoutes: new RouteQueries(database, access, routeAccess),
      createRoute: new CreateRoute(routeParts),
      updateRoute: new UpdateRoute(routeParts),
      deleteRoute: new DeleteRoute(routeParts),
      redeliver: new Redeliver(routeParts),
      notificationDeliveries: new DeliveryQueries(database, access, routeAccess),
      testNotifications: new TestNotifications({ database, clock, log, routeAccess, dispatcher }),
    },
    backlog: async () => {
      const { pending, oldest } = await database.read(findBacklog)
      const oldestSeconds = oldest === null ? 0 : Math.max(0, (clock.now().getTime() - oldest.getTime()) / 1000)
      return { pending, oldestSeconds }
    },
    start: () => worker.start(),
    stop: async () => {
      await worker.stop()
      mailer?.close()
      await http.close()
    },
  }
}
