import { expect } from 'vitest'
import { type PublicEvent, pageOf } from '../../support/audit-chain.ts'
import { TestClient } from '../../support/client.ts'
import { faultsOfHistory, isAboutKeys } from '../history/check-history.ts'
import { Caller } from './caller.ts'
import { Follower } from './follower.ts'
import type { Instances } from './instances.ts'
import { pause, type Random, SECONDS_PER_FAULT } from './settings.ts'
import { Workload } from './workload.ts'

/** Time under load before the fault, and after it is over. */
const AROUND_MS = 800
const CATCH_UP_MS = 30_000

/** Records of a run, for checks beyond those of the history. */
export interface FaultRun {
  readonly caller: Caller
  /** Milliseconds from the instant of each warning to its receipt by each subscriber. */
  readonly warningDelays: readonly number[]
}

/** The log behind a sequence, oldest first. */
const logAfter = async (client: TestClient, organizationId: string, sequence: number): Promise<PublicEvent[]> => {
  const events: PublicEvent[] = []
  for (let after: string | null = null; ; ) {
    const page = await pageOf(client, organizationId, { first: 100, after })
    const newer = page.edges.map(({ node }) => node).filter((event) => event.sequence > sequence)
    events.push(...newer)
    if (newer.length < page.edges.length || !page.pageInfo.hasNextPage) return events.reverse()
    after = page.pageInfo.endCursor
  }
}

const untilCaughtUp = async (follower: Follower, last: number): Promise<void> => {
  for (const end = performance.now() + CATCH_UP_MS; performance.now() < end; await pause(20))
    if ((follower.seen.at(-1) ?? 0) >= last) return
}

/**
 * Breaks something under load, mends it, and checks the history of everything that was recorded meanwhile.
 *
 * @param breakAndMend resolves when everything is whole again
 */
export const runFault = async (
  instances: Instances,
  random: Random,
  breakAndMend: (lastsMs: number) => Promise<unknown>,
): Promise<FaultRun> => {
  const { urls, secret, organizationId } = instances
  const owner = new TestClient(urls[0] ?? '', secret)
  await instances.untilReady()
  const [newest] = (await pageOf(owner, organizationId, { first: 1 })).edges
  const after = newest?.node.sequence ?? 0
  const caller = new Caller(urls, random)
  const workload = new Workload(instances, caller, random)
  const followers = urls.map((_, index) => new Follower(`subscriber ${index}`, urls, secret, organizationId, after))
  for (const [index, follower] of followers.entries()) follower.start(index)
  workload.start()
  await pause(AROUND_MS)
  await breakAndMend(SECONDS_PER_FAULT * 1_000)
  await instances.untilReady()
  await pause(AROUND_MS)
  await workload.stop()
  await untilWarned(workload)
  await workload.useAll()

  const log = await logAfter(owner, organizationId, after)
  const last = log.findLast(isAboutKeys)?.sequence ?? after
  await Promise.all(followers.map((follower) => untilCaughtUp(follower, last)))
  await Promise.all(followers.map((follower) => follower.stop()))
  const followings = followers.map(({ name, seen }) => ({ name, seen: seen.filter((sequence) => sequence <= last) }))
  const warned = [...workload.warningDueAt.keys()]
  const { operations } = workload
  const uses = operations.filter(({ kind }) => kind === 'use').length
  const bugs = [...caller.bugs, ...followers.flatMap((follower) => follower.bugs)]
  console.log(`  ${operations.length - uses} changes, ${uses} uses, ${log.length} events, ${warned.length} warnings`)
  expect([...bugs, ...faultsOfHistory({ operations, after, log, followings, warned })]).toEqual([])
  expect(uses).toBeGreaterThan(0)
  const warningDelays = delaysOf(log, workload, followers)
  const [p50, p99] = [percentileOf(warningDelays, 0.5), percentileOf(warningDelays, 0.99)]
  console.log(`  ${warningDelays.length} warnings received: p50 after ${p50} ms, p99 after ${p99} ms`)
  return { caller, warningDelays }
}

/** Resolves when every warning that was asked for has been due for a second. */
const untilWarned = async ({ warningDueAt }: Workload): Promise<void> => {
  const last = Math.max(0, ...warningDueAt.values())
  await pause(Math.max(0, last + 1_500 - Date.now()))
}

const delaysOf = (log: readonly PublicEvent[], { warningDueAt }: Workload, followers: readonly Follower[]): number[] =>
  log
    .filter(({ type }) => type === 'KEY_EXPIRY_WARNING')
    .flatMap(({ sequence, targetId }) =>
      followers.flatMap(({ receivedAt }) => {
        const [received, due] = [receivedAt.get(sequence), warningDueAt.get(targetId ?? '')]
        return received === undefined || due === undefined ? [] : [received - due]
      }),
    )

/** The value that a part of the numbers does not exceed. */
const percentileOf = (values: readonly number[], part: number): number =>
  [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(values.length * part) - 1)] ?? Number.NaN
