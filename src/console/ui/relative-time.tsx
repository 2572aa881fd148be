import { useSyncExternalStore } from 'react'
import { formatAbsolute, formatRelative } from './format-time.ts'
import { subscribeToTicks, tickedNow } from './ticker.ts'

export interface RelativeTimeProps {
  /** RFC 3339. */
  readonly instant: string
  /** Whether Tab reaches it to show the absolute time; turn it off where many stand in one list. */
  readonly focusable?: boolean
}

/** An instant in words that keep up with the clock. The absolute time shows on hover and on focus. */
export const RelativeTime = ({ instant, focusable = true }: RelativeTimeProps) => {
  const date = new Date(instant)
  // The text is the snapshot, so a tick that does not change it renders nothing.
  const text = useSyncExternalStore(subscribeToTicks, () => formatRelative(date, tickedNow()))
  const absolute = formatAbsolute(date)
  return (
    <time
      className="time"
      dateTime={instant}
      title={absolute}
      data-absolute={absolute}
      tabIndex={focusable ? 0 : undefined}
    >
      {text}
    </time>
  )
}
