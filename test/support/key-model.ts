/** Of the policy that a root organization begins with: seven days, in seconds. */
const MAXIMUM_OVERLAP = 7 * 86_400

/** What a key is said to do, in the fewest words: no database, no memory, no sweeper. Instants are seconds. */
export interface KeyModel {
  now: number
  expiresAt: number
  lifetimeFrom: number
  expiryRecorded: boolean
  suspended: boolean
  revoked: boolean
  /** In the order of their issue; the last CURRENT one is the key's secret. */
  readonly secrets: { readonly text: string; state: 'CURRENT' | 'RETIRING' | 'RETIRED'; until: number | null }[]
  /** The overlap that the current secret's first use begins. */
  overlapFromFirstUse: number | null
  /** What a cancelled rotation goes back to. */
  previous: { readonly expiresAt: number; readonly lifetimeFrom: number } | null
  readonly history: string[]
}

export const newKey = (now: number, lifetime: number, secret: string): KeyModel => ({
  now,
  expiresAt: now + lifetime,
  lifetimeFrom: now,
  expiryRecorded: false,
  suspended: false,
  revoked: false,
  secrets: [{ text: secret, state: 'CURRENT', until: null }],
  overlapFromFirstUse: null,
  previous: null,
  history: ['KEY_CREATED'],
})

export const statusOf = (key: KeyModel) => {
  if (key.revoked) return 'REVOKED'
  if (key.expiresAt <= key.now) return 'EXPIRED'
  return key.suspended ? 'SUSPENDED' : 'ACTIVE'
}

export const workingSecrets = (key: KeyModel): string[] =>
  statusOf(key) === 'ACTIVE' ? key.secrets.filter(({ state }) => state !== 'RETIRED').map(({ text }) => text) : []

const inState = (key: KeyModel, state: 'CURRENT' | 'RETIRING') => key.secrets.find((secret) => secret.state === state)

export const mayRotate = (key: KeyModel): boolean =>
  statusOf(key) === 'EXPIRED' || (statusOf(key) === 'ACTIVE' && inState(key, 'RETIRING') === undefined)

export const rotate = (key: KeyModel, secret: string, wanted: number, fromFirstUse: boolean): void => {
  const overlap = statusOf(key) === 'EXPIRED' ? 0 : wanted
  const old = inState(key, 'CURRENT')
  // The key expired before the new secret was ever used: the overlap that waited for that ends with the revival.
  if (inState(key, 'RETIRING') !== undefined) key.history.push('KEY_ROTATION_COMPLETED')
  for (const one of key.secrets)
    if (one === old && overlap > 0) {
      one.state = 'RETIRING'
      one.until = key.now + (fromFirstUse ? MAXIMUM_OVERLAP : overlap)
    } else one.state = 'RETIRED'
  key.secrets.push({ text: secret, state: 'CURRENT', until: null })
  key.overlapFromFirstUse = fromFirstUse && overlap > 0 ? overlap : null
  key.previous = overlap > 0 ? { expiresAt: key.expiresAt, lifetimeFrom: key.lifetimeFrom } : null
  const lifetime = key.expiresAt - key.lifetimeFrom
  key.lifetimeFrom = key.now
  key.expiresAt = key.now + lifetime
  key.expiryRecorded = false
  key.history.push('KEY_ROTATED')
}

const isRotating = (key: KeyModel): boolean =>
  ['ACTIVE', 'SUSPENDED'].includes(statusOf(key)) && inState(key, 'RETIRING') !== undefined

export const mayComplete = isRotating

export const complete = (key: KeyModel): void => {
  const old = inState(key, 'RETIRING')
  if (old !== undefined) old.state = 'RETIRED'
  key.overlapFromFirstUse = null
  key.previous = null
  key.history.push('KEY_ROTATION_COMPLETED')
}

export const mayCancel = (key: KeyModel): boolean =>
  isRotating(key) && key.previous !== null && key.previous.expiresAt > key.now

export const cancel = (key: KeyModel): void => {
  const dropped = inState(key, 'CURRENT')
  const old = inState(key, 'RETIRING')
  if (dropped !== undefined) dropped.state = 'RETIRED'
  if (old !== undefined) Object.assign(old, { state: 'CURRENT', until: null })
  Object.assign(key, key.previous, { previous: null, overlapFromFirstUse: null })
  key.history.push('KEY_ROTATION_CANCELLED')
}

/** A caller presents a secret; a valid one may be the first use that starts an overlap. */
export const use = (key: KeyModel, text: string): void => {
  const old = inState(key, 'RETIRING')
  const first = workingSecrets(key).includes(text) && inState(key, 'CURRENT')?.text === text
  if (!first || key.overlapFromFirstUse === null || old === undefined) return
  old.until = Math.min(old.until ?? Number.POSITIVE_INFINITY, key.now + key.overlapFromFirstUse)
  key.overlapFromFirstUse = null
  key.history.push('KEY_UPDATED')
}

export const pass = (key: KeyModel, seconds: number): void => {
  key.now += seconds
  if (key.revoked) return
  const old = inState(key, 'RETIRING')
  if (old?.until != null && old.until <= key.now) complete(key)
  if (key.expiresAt <= key.now && !key.expiryRecorded) {
    key.expiryRecorded = true
    key.history.push('KEY_EXPIRED')
  }
}
