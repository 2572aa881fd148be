import type { EventTarget } from './event-draft.ts'

/** The fields of a key that its events contain. */
export interface KeySubject {
  readonly id: string
  readonly name: string
  readonly kind: 'API_KEY' | 'PERSONAL_ACCESS_KEY'
  readonly ownerId: string | null
}

export const keyTarget = (key: Pick<KeySubject, 'id' | 'name'>): EventTarget => ({ id: key.id, name: key.name })

export const keyIdentity = ({ kind, ownerId }: Pick<KeySubject, 'kind' | 'ownerId'>) =>
  ownerId === null ? { kind } : { kind, ownerId }
