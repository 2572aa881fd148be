import { describe, expect, it } from 'vitest'
import { faultsOfHistory } from './check-history.ts'
import type { History, LoggedEvent, Operation } from './history.ts'

const KEY = 'key_1'
const event = (sequence: number, type: string, targetId = KEY, details = {}): LoggedEvent => ({
  sequence,
  type,
  targetId,
  details,
})
const create: Operation = { kind: 'create', keyId: KEY, startedAt: 0, endedAt: 10 }
const revoke = (acknowledged = true): Operation => ({
  kind: 'revoke',
  keyId: KEY,
  startedAt: 100,
  endedAt: 110,
  acknowledged,
})
const use = (startedAt: number, verdict: 'accepted' | 'refused' | 'unknown', keyId = KEY): Operation => ({
  kind: 'use',
  keyId,
  startedAt,
  endedAt: startedAt + 5,
  verdict,
})
const LOG = [event(4, 'KEY_CREATED'), event(5, 'MEMBER_JOINED'), event(6, 'KEY_REVOKED')]

/** A key that is created, used, revoked and refused, all in order. */
const GOOD: History = {
  operations: [create, use(20, 'accepted'), revoke(), use(2_110, 'accepted'), use(2_120, 'refused')],
  after: 3,
  log: LOG,
  followings: [{ name: 'follower', seen: [4, 6] }],
  warned: [],
}

describe('the check of a history', () => {
  it('finds no fault if every promise was kept', () => {
    expect(faultsOfHistory(GOOD)).toEqual([])
  })

  it('accepts that a revocation without an answer happened, or did not', () => {
    const operations = [create, revoke(false), use(5_000, 'accepted'), use(5_010, 'unknown')]
    expect(faultsOfHistory({ ...GOOD, operations })).toEqual([])
    const log = [event(4, 'KEY_CREATED')]
    expect(faultsOfHistory({ ...GOOD, operations, log, followings: [] })).toEqual([])
  })

  const warning = (sequence: number, threshold = 'P1D') => event(sequence, 'KEY_EXPIRY_WARNING', KEY, { threshold })

  it.each<[string, Partial<History>, string]>([
    [
      'an acceptance that begins 2,001 ms after the acknowledged revocation',
      { operations: [create, revoke(), use(2_111, 'accepted')] },
      'key_1 was accepted 2001 ms after its revocation',
    ],
    [
      'one after the first of two acknowledgements',
      {
        operations: [
          create,
          revoke(),
          { ...revoke(), startedAt: 3_000, endedAt: 3_010 } as Operation,
          use(2_500, 'accepted'),
        ],
      },
      'key_1 was accepted 2390 ms after its revocation',
    ],
    [
      'a refusal of a key before anybody revoked it',
      { operations: [create, use(20, 'refused'), revoke()] },
      'key_1 was refused, and nobody had revoked it',
    ],
    [
      'a creation that was acknowledged and lost',
      { log: [event(4, 'MEMBER_JOINED'), event(5, 'KEY_REVOKED')], followings: [] },
      'key_1 was created 0 times according to the log',
    ],
    [
      'a revocation that was acknowledged and lost',
      { log: [event(4, 'KEY_CREATED')], followings: [] },
      'key_1 was revoked 0 times according to the log, and should be 1 to 1 times',
    ],
    [
      'a revocation that was repeated',
      { log: [...LOG, event(7, 'KEY_REVOKED')], followings: [] },
      'key_1 was revoked 2 times according to the log, and should be 1 to 1 times',
    ],
    [
      'a revocation that nobody requested',
      { operations: [create] },
      'key_1 was revoked 1 times according to the log, and should be 0 to 0 times',
    ],
    ['a gap in the log', { log: [event(4, 'KEY_CREATED'), event(6, 'KEY_REVOKED')] }, 'sequence 5 of the log is 6'],
    ['a log whose begin is missing', { after: 2 }, 'sequence 3 of the log is 4'],
    [
      'an event that a subscriber missed',
      { followings: [{ name: 'follower', seen: [6] }] },
      'follower should have received 4 and received 6 (KEY_REVOKED of key_1)',
    ],
    [
      'the last event missed',
      { followings: [{ name: 'follower', seen: [4] }] },
      'follower should have received 6 and received nothing',
    ],
    [
      'an event that a subscriber received twice',
      { followings: [{ name: 'follower', seen: [4, 4, 6] }] },
      'follower should have received 6 and received 4 (KEY_CREATED of key_1, 2 times)',
    ],
    [
      'events that a subscriber received in another order',
      { followings: [{ name: 'follower', seen: [6, 4] }] },
      'follower should have received 4 and received 6 (KEY_REVOKED of key_1)',
    ],
    [
      'an event that was delivered and is not in the log',
      { followings: [{ name: 'follower', seen: [4, 6, 7] }] },
      'follower received 7, which is not in the log',
    ],
    ['a warning that was lost', { warned: [KEY] }, 'key_1 was never warned of'],
    [
      'a warning that was repeated',
      { log: [...LOG, warning(7), warning(8)], warned: [KEY], followings: [] },
      'key_1 P1D was warned of 2 times',
    ],
  ])('finds %s', (_, change, fault) => {
    expect(faultsOfHistory({ ...GOOD, ...change })).toEqual([fault])
  })

  it('takes warnings of different thresholds for different warnings', () => {
    const log = [...LOG, warning(7, 'P7D'), warning(8, 'P1D')]
    expect(faultsOfHistory({ ...GOOD, log, warned: [KEY], followings: [] })).toEqual([])
  })
})
