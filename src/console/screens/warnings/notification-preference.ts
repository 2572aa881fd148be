const NAME = 'keyturn.notifications'
const CHANGED = 'keyturn-notifications'

/** Whether this browser can show notifications at all. */
export const canNotify = (): boolean => 'Notification' in window

/** Whether the person asked for notifications in this browser, and the browser allows them. */
export const isNotifying = (): boolean =>
  canNotify() && Notification.permission === 'granted' && localStorage.getItem(NAME) === 'on'

const store = (isOn: boolean): void => {
  if (isOn) localStorage.setItem(NAME, 'on')
  else localStorage.removeItem(NAME)
  window.dispatchEvent(new Event(CHANGED))
}

/** Turns notifications on, asking the browser for its permission where needed. False: the person or the browser refused. */
export const startNotifying = async (): Promise<boolean> => {
  if (!canNotify()) return false
  const permission =
    Notification.permission === 'default' ? await Notification.requestPermission() : Notification.permission
  store(permission === 'granted')
  return permission === 'granted'
}

export const stopNotifying = (): void => store(false)

/** Calls back when the preference changes, in this window. Returns what ends it. */
export const onPreference = (listener: () => void): (() => void) => {
  window.addEventListener(CHANGED, listener)
  return () => window.removeEventListener(CHANGED, listener)
}
