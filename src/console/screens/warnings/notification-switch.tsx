import { useState, useSyncExternalStore } from 'react'
import { Switch } from '../../ui/choice.tsx'
import { canNotify, isNotifying, onPreference, startNotifying, stopNotifying } from './notification-preference.ts'

/** Turns the browser's notifications on and off, on request alone. */
export const NotificationSwitch = () => {
  const isOn = useSyncExternalStore(onPreference, isNotifying)
  const [wasRefused, setRefused] = useState(false)
  const blocked = canNotify() ? wasRefused || Notification.permission === 'denied' : true
  return (
    <Switch
      label="Browser notifications"
      checked={isOn}
      disabledReason={
        blocked
          ? canNotify()
            ? 'The browser blocks notifications of this page. Allow them in its settings.'
            : 'This browser has no notifications here: they need https.'
          : null
      }
      onChange={async (wanted) => {
        if (wanted) setRefused(!(await startNotifying()))
        else stopNotifying()
      }}
    />
  )
}
