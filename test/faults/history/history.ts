/** What was recorded of a run with faults. Instants are milliseconds of one clock, the clients'. */
interface Recorded {
  readonly keyId: string
  /** When it was sent, and when the answer, or the lack of one, was known. */
  readonly startedAt: number
  readonly endedAt: number
}

/** A key was presented. `unknown`: the answer says nothing about the key, or did not come. */
export interface Use extends Recorded {
  readonly kind: 'use'
  readonly verdict: 'accepted' | 'refused' | 'unknown'
}
/** A key was created, which was acknowledged. */
export interface Creation extends Recorded {
  readonly kind: 'create'
}
/** A revocation was requested; without an acknowledgement it may have happened or not. */
export interface Revocation extends Recorded {
  readonly kind: 'revoke'
  readonly acknowledged: boolean
}
export type Operation = Use | Creation | Revocation

/** An event of the audit log, as far as it is checked here. */
export interface LoggedEvent {
  readonly sequence: number
  readonly type: string
  readonly targetId: string | null
  readonly details: Readonly<Record<string, unknown>>
}

/** What a subscriber received, in the order in which it came. */
export interface Following {
  readonly name: string
  readonly seen: readonly number[]
}

export interface History {
  readonly operations: readonly Operation[]
  /** The log behind a sequence, in order. */
  readonly after: number
  readonly log: readonly LoggedEvent[]
  /** Subscribers that followed from there on. */
  readonly followings: readonly Following[]
  /** Keys of which one warning was due. */
  readonly warned: readonly string[]
}
