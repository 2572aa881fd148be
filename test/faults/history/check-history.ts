import type { Following, History, LoggedEvent, Operation, Revocation, Use } from './history.ts'

/** How long after the acknowledgement of its revocation a key may be accepted by an instance that does not know of it. */
const LONGEST_ACCEPTANCE_MS = 2_000

/** What is wrong with a history; nothing, where every promise was kept. */
export const faultsOfHistory = (history: History): string[] => [
  ...lateAcceptances(history.operations),
  ...wrongRefusals(history.operations),
  ...lostOrRepeatedChanges(history),
  ...gaps(history),
  ...history.followings.flatMap((following) => faultsOfFollowing(following, history)),
  ...faultsOfWarnings(history),
]

/** Whether a subscriber of the events of keys receives an event. */
export const isAboutKeys = ({ type, targetId }: Pick<LoggedEvent, 'type' | 'targetId'>): boolean =>
  type.startsWith('KEY_') || (type === 'ACCESS_DENIED' && targetId?.startsWith('key_') === true)

const usesOf = (operations: readonly Operation[]): Use[] => operations.filter((one) => one.kind === 'use')
const revocationsOf = (operations: readonly Operation[]): Map<string, Revocation[]> => {
  const byKey = new Map<string, Revocation[]>()
  for (const one of operations) if (one.kind === 'revoke') byKey.set(one.keyId, [...(byKey.get(one.keyId) ?? []), one])
  return byKey
}

/** An acknowledged revocation is never followed by a successful use that begins later than the bound. */
const lateAcceptances = (operations: readonly Operation[]): string[] => {
  const revocations = revocationsOf(operations)
  const endOf = (keyId: string) =>
    Math.min(...(revocations.get(keyId) ?? []).filter((one) => one.acknowledged).map((one) => one.endedAt))
  return usesOf(operations)
    .filter(
      ({ keyId, verdict, startedAt }) => verdict === 'accepted' && startedAt > endOf(keyId) + LONGEST_ACCEPTANCE_MS,
    )
    .map(({ keyId, startedAt }) => `${keyId} was accepted ${startedAt - endOf(keyId)} ms after its revocation`)
}

/** A key is refused only if a revocation of it was requested before the answer. */
const wrongRefusals = (operations: readonly Operation[]): string[] => {
  const revocations = revocationsOf(operations)
  const isExplained = ({ keyId, endedAt }: Use) =>
    (revocations.get(keyId) ?? []).some((one) => one.startedAt <= endedAt)
  return usesOf(operations)
    .filter((use) => use.verdict === 'refused' && !isExplained(use))
    .map(({ keyId }) => `${keyId} was refused, and nobody had revoked it`)
}

/** What was acknowledged is in the log, once; what was not is there once at most. */
const lostOrRepeatedChanges = ({ operations, log }: History): string[] => {
  const countOf = (type: string) => {
    const counts = new Map<string | null, number>()
    for (const event of log) if (event.type === type) counts.set(event.targetId, (counts.get(event.targetId) ?? 0) + 1)
    return (keyId: string) => counts.get(keyId) ?? 0
  }
  const [created, revoked] = [countOf('KEY_CREATED'), countOf('KEY_REVOKED')]
  const revocations = revocationsOf(operations)
  return operations
    .filter((one) => one.kind === 'create')
    .flatMap(({ keyId }) => {
      const requested = revocations.get(keyId) ?? []
      const least = requested.some((one) => one.acknowledged) ? 1 : 0
      const most = requested.length > 0 ? 1 : 0
      return [
        ...(created(keyId) === 1 ? [] : [`${keyId} was created ${created(keyId)} times according to the log`]),
        ...(revoked(keyId) >= least && revoked(keyId) <= most
          ? []
          : [
              `${keyId} was revoked ${revoked(keyId)} times according to the log, and should be ${least} to ${most} times`,
            ]),
      ]
    })
}

const gaps = ({ log, after }: History): string[] =>
  log
    .map(({ sequence }, index) => ({ sequence, expected: after + index + 1 }))
    .filter(({ sequence, expected }) => sequence !== expected)
    .slice(0, 1)
    .map(({ sequence, expected }) => `sequence ${expected} of the log is ${sequence}`)

/** What a subscriber saw is the log, in order, each event once. */
const faultsOfFollowing = ({ name, seen }: Following, { log }: History): string[] => {
  const expected = log.filter(isAboutKeys).map(({ sequence }) => sequence)
  const at = expected.findIndex((sequence, index) => seen[index] !== sequence)
  if (at >= 0) return [`${name} should have received ${expected[at]} and received ${describe(seen, at, log)}`]
  return seen.length === expected.length ? [] : [`${name} received ${seen[expected.length]}, which is not in the log`]
}

/** What a subscriber received at a place: the sequence, how often it was received until then, and what the log has there. */
const describe = (seen: readonly number[], at: number, log: readonly LoggedEvent[]): string => {
  const sequence = seen[at]
  if (sequence === undefined) return 'nothing'
  const times = seen.slice(0, at + 1).filter((one) => one === sequence).length
  const event = log.find((one) => one.sequence === sequence)
  const logged = event === undefined ? 'not in the log' : `${event.type} of ${event.targetId}`
  return times === 1 ? `${sequence} (${logged})` : `${sequence} (${logged}, ${times} times)`
}

/** Each warning is written once, and none is missing. */
const faultsOfWarnings = ({ log, warned }: History): string[] => {
  const counts = new Map<string, number>()
  for (const { type, targetId, details } of log) {
    if (type !== 'KEY_EXPIRY_WARNING') continue
    const name = `${targetId} ${details.threshold}`
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  const named = new Set([...counts.keys()].map((name) => name.split(' ')[0]))
  return [
    ...[...counts].filter(([, count]) => count > 1).map(([name, count]) => `${name} was warned of ${count} times`),
    ...warned.filter((keyId) => !named.has(keyId)).map((keyId) => `${keyId} was never warned of`),
  ]
}
