import { useNavigate } from '@tanstack/react-router'
import { useLiveEvents } from '../../data/use-live-events.ts'
import { usePlace } from '../../shell/place.ts'
import { formatRelative } from '../../ui/format-time.ts'
import { isNotifying } from './notification-preference.ts'

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Shows each new warning as a notification of the browser, where the person asked for that. On every screen. */
export const WarningNotifier = () => {
  const { organization } = usePlace()
  const navigate = useNavigate()
  useLiveEvents(({ type, targetId, targetName, details }) => {
    if (type !== 'KEY_EXPIRY_WARNING' || targetId == null || !isNotifying()) return
    const ends = formatRelative(new Date(textOf(details.expiresAt)), Date.now())
    const notification = new Notification(`${targetName ?? 'A key'} expires ${ends}`, {
      body: organization.name,
      // Two windows of the same person show it once.
      tag: textOf(details.warningId),
    })
    notification.onclick = () => {
      window.focus()
      void navigate({
        to: '/console/$organizationId/keys/$keyId',
        params: { organizationId: organization.id, keyId: targetId },
      })
      notification.close()
    }
  })
  return null
}
