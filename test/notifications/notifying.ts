import { CreateNotificationRouteDocument, type CreateNotificationRouteInput } from '../../src/generated/graphql.ts'
import type { BootOptions } from '../support/boot.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { bootSwept, type SweptApp } from '../support/sweeping.ts'

export const ALLOWED = { KEYTURN_NOTIFICATION_ALLOWED_RANGES: '127.0.0.0/8' }

export interface NotifyingApp extends SweptApp {
  /** Moves time on, and resolves when everything that fell due was delivered or failed. */
  deliver(seconds?: number): Promise<void>
  /** A route of the owner's; the id and the signing secret. */
  route(input: Partial<CreateNotificationRouteInput> & Pick<CreateNotificationRouteInput, 'target'>): Promise<{
    readonly id: string
    readonly signingSecret: string
  }>
}

/** A service whose notifications reach 127.0.0.1, with a clock that stands still. */
export const bootNotifying = async (options: BootOptions = {}, start?: Date): Promise<NotifyingApp> => {
  const app = await bootSwept({ ...options, env: { ...ALLOWED, ...options.env } }, new ManualClock(start))
  return {
    ...app,
    deliver: async (seconds = 0) => {
      if (seconds > 0) await app.pass(seconds)
      await app.app.parts.notifications.workOff()
    },
    route: async (input) => {
      const { createNotificationRoute } = await app.owner.run(CreateNotificationRouteDocument, {
        input: { organizationId: app.organizationId, name: 'route', ...input },
      })
      return { id: createNotificationRoute.route.id, signingSecret: createNotificationRoute.signingSecret ?? '' }
    },
  }
}
