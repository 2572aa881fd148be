import type { exportedEvent } from '../../audit-chain/exported-event.ts'
import type { EventKind } from './event-kinds.ts'

/** An event with every field that its hash covers. */
export type ExportedEvent = ReturnType<typeof exportedEvent>

/** The source that an export names. */
export interface ExportSource {
  /** Host name of the Keyturn server. */
  readonly server: string
  /** Version of this program. */
  readonly version: string
}

export const outcomeOf = ({ refused }: EventKind): 'success' | 'failure' => (refused === true ? 'failure' : 'success')

/** The event in a few words: `Key rotated: deploy, by Ann`. */
export const subjectOf = ({ targetName, actor }: ExportedEvent, { title }: EventKind): string =>
  `${title}${targetName === null ? '' : `: ${targetName}`}, by ${actor.name ?? actor.kind.toLowerCase()}`

/** An object without its fields that are null. */
export const withoutNulls = (object: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(object).filter(([, field]) => field !== null))
