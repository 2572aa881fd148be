import { setTimeout } from 'node:timers/promises'
import { exportedEvent, type LoggedEvent } from '../../audit-chain/exported-event.ts'
import type { KeyturnClient } from '../../client/client.ts'
import { readLogAfter } from '../audit-file/read-log.ts'
import { failed } from '../command-error.ts'
import { retryRead } from '../session/retry-read.ts'
import type { ExportedEvent } from './export-format.ts'
import { type ExportItem, type ExportSink, SinkLost } from './export-sink.ts'
import type { ExportPosition } from './export-state.ts'

export interface ExportJob {
  readonly client: KeyturnClient
  readonly organizationId: string
  readonly pageSize: number
  readonly follow: boolean
  readonly signal: AbortSignal
  /** Opens the output at a position; null at the beginning of the log. Throws SinkLost. */
  readonly open: (position: ExportPosition | null) => Promise<ExportSink>
  /** Encodes an event for the output. */
  readonly bytesOf: (event: ExportedEvent) => Buffer
  /** Receives each settled position. */
  readonly onSettled: (position: ExportPosition) => void
  /** Receives notes for the user. */
  readonly onNote: (note: string) => void
  readonly onProgress: (sequence: number) => void
}

const GRANTS = 'audit:manager, keys:manager and members:manager'
const POLL_MS = 1_000
const FIRST_RECONNECT_MS = 500
const LAST_RECONNECT_MS = 30_000
/** Number of reconnects of an export without --follow. */
const RECONNECTS = 5

/**
 * Exports the log from a position to its end, or until the signal. Checks that every event follows the one before it. Returns
 * the last settled position. Throws CommandError, and SinkLost if the output stays unavailable.
 */
export const exportLog = async (job: ExportJob, start: ExportPosition | null): Promise<ExportPosition | null> => {
  let settled = start
  const onSettled = (position: ExportPosition) => {
    settled = position
    job.onSettled(position)
  }
  for (let failures = 0; ; failures += 1) {
    const before: number = settled?.sequence ?? 0
    try {
      await exportThrough(await job.open(settled), { ...job, onSettled }, settled)
      return settled
    } catch (error) {
      if (!(error instanceof SinkLost) || job.signal.aborted) throw error
      if ((settled?.sequence ?? 0) > before) failures = 0
      if (!job.follow && failures === RECONNECTS) throw error
      job.onNote(`${error.message}. Trying again.`)
      await pause(Math.min(LAST_RECONNECT_MS, FIRST_RECONNECT_MS * 2 ** failures), job.signal)
      if (job.signal.aborted) return settled
    }
  }
}

/** Exports through one open output. */
const exportThrough = async (sink: ExportSink, job: ExportJob, start: ExportPosition | null): Promise<void> => {
  let position = start
  let reported = start
  const report = () => {
    const settled = sink.settled()
    if (settled === null || (settled.sequence === reported?.sequence && settled.bytes === reported.bytes)) return
    reported = settled
    job.onSettled(settled)
  }
  // Before the first event: without a stored position, what a kill leaves in a file could not be told from other content.
  report()
  while (!job.signal.aborted) {
    const page = await readPage(job, position?.sequence ?? 0)
    if (page === null) break
    const items = page.events.map((event) => {
      const item = itemOf(event, position, job)
      position = { sequence: item.sequence, hash: item.hash, bytes: null }
      return item
    })
    // Also without events: it notices that the other side has gone.
    await sink.write(items)
    report()
    job.onProgress(position?.sequence ?? 0)
    if (page.hasMore) continue
    if (!job.follow) break
    await pause(POLL_MS, job.signal)
  }
  await sink.close()
  report()
}

/** The next page; null if the signal came first. Retries while the server is unavailable. */
const readPage = async ({ client, organizationId, pageSize, follow, signal }: ExportJob, after: number) => {
  const read = () => readLogAfter(client, organizationId, after, pageSize)
  const wait = (milliseconds: number) => pause(milliseconds, signal)
  try {
    return await (follow
      ? retryRead(() => (signal.aborted ? Promise.resolve(null) : read()), wait, Number.POSITIVE_INFINITY)
      : retryRead(read))
  } catch (error) {
    if (signal.aborted) return null
    throw error
  }
}

/** Checks that an event follows a position, and that no detail is withheld: such an export could not be verified. */
const itemOf = (node: LoggedEvent, position: ExportPosition | null, { bytesOf, onNote }: ExportJob): ExportItem => {
  const { sequence, previousHash, hash } = node
  if (Array.isArray(node.details.withheld))
    throw failed(`Event ${sequence} has fields that you may not read: an export needs ${GRANTS}.`)
  const isBeginning = position === null || position.sequence === 0
  if (isBeginning && sequence > 1)
    onNote(`Events 1 to ${sequence - 1} were archived: the export begins with event ${sequence}.`)
  if (position !== null && !isBeginning && sequence !== position.sequence + 1)
    throw failed(
      `The log has event ${sequence} after event ${position.sequence}: take the events between from the archives of the server, and continue with --after ${sequence - 1}.`,
    )
  if (position !== null && position.hash !== null && previousHash !== position.hash)
    throw failed(`Event ${sequence} does not follow the last one that was exported: the log was altered or restored.`)
  return { sequence, hash, bytes: bytesOf(exportedEvent(node)) }
}

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  setTimeout(milliseconds, undefined, { signal }).catch(() => undefined)
