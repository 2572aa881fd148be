import {
  AuditHeadDocument,
  ExpiryWarningsDocument,
  KeyEventsDocument,
  ViewerGrantsDocument,
} from '../../generated/graphql.ts'
import { holds } from '../../kernel/grants.ts'
import type { GlobalOptions } from '../options.ts'
import { type Session, withSession } from '../session/session.ts'
import { stopSignal } from '../session/stop-signal.ts'
import { harmlessJson } from '../terminal/harmless.ts'
import { runCommand } from './run-command.ts'
import { describeEvent, eventOfWarning, type WatchedEvent } from './watched-event.ts'

interface WatchOptions extends GlobalOptions {
  readonly since?: number
  readonly exec?: string
}

/**
 * The position to start at: the newest event, if the caller may read the log, so that reconnects before the first event miss
 * nothing. Other callers have a position only from their first event on.
 */
const headOf = async ({ client }: Session, organizationId: string): Promise<number | undefined> => {
  const { organization } = await client.execute(AuditHeadDocument, { organizationId })
  return organization?.auditEvents?.edges[0]?.node.sequence
}

const connectionNotes = ({ output }: Session, signal: AbortSignal) => {
  let wasLive = false
  let isLive = false
  return (state: 'connecting' | 'live' | 'offline') => {
    if (state === 'live' && !isLive) output.note(wasLive ? 'Connected again.' : 'Watching.')
    if (state === 'offline' && isLive && !signal.aborted) output.note('The connection is lost; reconnecting.')
    wasLive ||= state === 'live'
    isLive = state === 'live' || (isLive && state === 'connecting')
  }
}

/** The events that the caller may receive: all events about keys, or else the warnings about their own keys. */
async function* eventsOf(session: Session, organizationId: string, since: number | undefined, signal: AbortSignal) {
  const { client } = session
  const { grants } = (await client.execute(ViewerGrantsDocument, { organizationId })).viewer
  const readsLog = holds(grants, 'audit', 'VIEWER')
  const after = since ?? (readsLog ? await headOf(session, organizationId) : undefined)
  const options = { signal, ...(after === undefined ? {} : { after }), onConnection: connectionNotes(session, signal) }
  if (holds(grants, 'keys', 'VIEWER'))
    for await (const { keyEvents } of client.subscribe(KeyEventsDocument, { organizationId }, options)) yield keyEvents
  else
    for await (const { expiryWarnings } of client.subscribe(ExpiryWarningsDocument, { organizationId }, options))
      yield eventOfWarning(expiryWarnings)
}

/** Follows events until it is interrupted; exits with 0 then. Each sequence takes one line. */
export const watch = (options: WatchOptions): Promise<void> =>
  withSession(options, async (session) => {
    const { output } = session
    const { id: organizationId } = await session.organization()
    session.warnOfExpiry()
    const signal = stopSignal()
    const events: AsyncIterable<WatchedEvent> = eventsOf(session, organizationId, options.since, signal)
    let last: number | null = null
    for await (const event of events) {
      await (output.json ? output.value(event) : output.line(describeEvent(event, output)))
      last = event.sequence
      if (options.exec === undefined) continue
      const fault = await runCommand(options.exec, `${harmlessJson(event)}\n`)
      if (fault !== null) output.note(`The command failed for event ${event.sequence}: ${fault}.`)
      if (signal.aborted) break
    }
    if (last !== null) output.note(`Continue with --since ${last}.`)
  })
