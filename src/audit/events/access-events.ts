import { z } from 'zod'
import { instantText } from '../../kernel/instant.ts'
import { keyKind, texts } from './detail-fields.ts'
import type { Draft, EventTarget } from './event-draft.ts'
import { type KeySubject, keyIdentity, keyTarget } from './key-subject.ts'
import { LEAK_PLACE_DETAILS, type LeakPlace, leakPlaceDetails } from './leak-place.ts'

/** Details of the events about denied callers, and about people's console sessions. */
export const ACCESS_EVENT_DETAILS = {
  /** If a key was denied, it is the target and named as in key events. `count` is the number of identical denials. */
  ACCESS_DENIED: z.object({
    kind: z.exactOptional(keyKind),
    ownerId: z.exactOptional(z.string()),
    reason: z.string(),
    code: z.exactOptional(z.string()),
    field: z.exactOptional(z.string()),
    required: z.exactOptional(texts),
    count: z.exactOptional(z.number()),
    omitted: z.exactOptional(z.number()),
    since: z.exactOptional(z.string()),
    until: z.exactOptional(z.string()),
  }),
  /** The target is the session. */
  SESSION_STARTED: z.object({ userId: z.string(), expiresAt: z.string() }),
  SESSION_ENDED: z.union([
    z.object({ userId: z.string(), reason: z.literal('leaked'), ...LEAK_PLACE_DETAILS }),
    z.object({ userId: z.string(), reason: z.string() }),
  ]),
} as const

type Details = { readonly [Type in keyof typeof ACCESS_EVENT_DETAILS]: z.infer<(typeof ACCESS_EVENT_DETAILS)[Type]> }
type AccessEvent<Type extends keyof Details> = Draft<Type, Details[Type]>

interface Refusal {
  readonly reason: string
  readonly code?: string
  readonly field?: string
  readonly required?: readonly string[]
}

const refusalDetails = ({ required, ...refusal }: Refusal) =>
  required === undefined ? refusal : { ...refusal, required: [...required] }

/** A denial that is not about a key. */
export const accessDenied = (refusal: Refusal, target: EventTarget | null = null): AccessEvent<'ACCESS_DENIED'> => ({
  type: 'ACCESS_DENIED',
  target,
  details: refusalDetails(refusal),
})

/** A denial of a known key, or of a caller that claimed to hold it. */
export const keyAccessDenied = (key: KeySubject, refusal: Refusal): AccessEvent<'ACCESS_DENIED'> => ({
  type: 'ACCESS_DENIED',
  target: keyTarget(key),
  details: { ...keyIdentity(key), ...refusalDetails(refusal) },
})

/** Denials of a minute that are in no other event, because there were too many different ones. */
export const denialsOmitted = (omitted: number, since: Date, until: Date): AccessEvent<'ACCESS_DENIED'> => ({
  type: 'ACCESS_DENIED',
  target: null,
  details: { reason: 'overflow', omitted, since: instantText(since), until: instantText(until) },
})

/** A person's console session. */
interface SessionSubject {
  readonly id: string
  readonly userId: string
  readonly userName: string
}

export const sessionStarted = (session: SessionSubject, expiresAt: Date): AccessEvent<'SESSION_STARTED'> => ({
  type: 'SESSION_STARTED',
  target: { id: session.id, name: session.userName },
  details: { userId: session.userId, expiresAt: instantText(expiresAt) },
})

/** @param place where the token of a leaked session was found */
export const sessionEnded = (
  session: SessionSubject,
  reason: string,
  place?: LeakPlace,
): AccessEvent<'SESSION_ENDED'> => ({
  type: 'SESSION_ENDED',
  target: { id: session.id, name: session.userName },
  details: { userId: session.userId, reason, ...(place === undefined ? {} : leakPlaceDetails(place)) },
})
