import { beforeEach, describe, expect, it } from 'vitest'
import { BURST_SECONDS, CallerRates, ORGANIZATION_FACTOR } from '../../src/access/caller-rates.ts'
import type { Principal } from '../../src/access/principal.ts'
import { ManualClock } from '../support/manual-clock.ts'

const RATE = 5
const BURST = RATE * BURST_SECONDS

describe('the rate limit of valid credentials', () => {
  let clock: ManualClock
  let rates: CallerRates
  let limited: string[]
  beforeEach(() => {
    clock = new ManualClock()
    limited = []
    rates = new CallerRates({
      clock,
      perSecond: { exchange: RATE, mutation: RATE, refusal: 1 },
      findPath: (id) => (id.startsWith('sub') ? [id, 'root'] : [id]),
      onLimited: (action) => limited.push(action),
    })
  })

  const principal = (keyId: string | null, organizationId = 'org', id = 'usr'): Principal => ({
    kind: 'USER',
    id,
    name: 'Ada',
    credential: {
      keyId,
      tokenId: null,
      sessionId: null,
      expiresAt: null,
      keyExpiresAt: null,
      kind: 'SECRET',
      allowedIps: [],
      verifiedEmail: null,
    },
    organizationId,
    holdings: [],
    narrowedTo: null,
    within: null,
    serverOwner: false,
  })
  const exchange = async (who: Principal, count = 1) => (await rates.limit('exchange', who, count))?.fields
  const times = async (count: number, who: Principal) => {
    for (let number = 0; number < count; number += 1) expect(await exchange(who)).toBeUndefined()
  }

  it('lets a burst pass, then one action per interval, and states the seconds to wait', async () => {
    const key = principal('key')
    await times(BURST, key)
    expect(await exchange(key)).toEqual({ retryAfterSeconds: 1 })
    clock.advance(1 / RATE)
    await times(1, key)
    expect(await exchange(key)).toEqual({ retryAfterSeconds: 1 })
    expect(await exchange(key, 2 * RATE + 1)).toEqual({ retryAfterSeconds: 3 })
    clock.advance(2 * BURST_SECONDS)
    await times(BURST, key)
    expect(await exchange(key)).toEqual({ retryAfterSeconds: 1 })
    expect(limited).toEqual(['exchange', 'exchange', 'exchange', 'exchange'])
  })

  it('does not count rejected actions', async () => {
    const key = principal('key')
    await times(BURST, key)
    for (let number = 0; number < 100; number += 1) await exchange(key)
    clock.advance(1)
    await times(RATE, key)
    expect(await exchange(key)).toBeDefined()
  })

  it('counts per credential and action, and per user for a user without a key', async () => {
    await times(BURST, principal('key'))
    await times(BURST, principal('another key'))
    await times(BURST, principal(null))
    expect(await exchange(principal(null))).toBeDefined()
    await times(BURST, principal(null, 'org', 'another user'))
    expect(await rates.limit('mutation', principal('key'))).toBeNull()
  })

  it('counts the credentials of a root organization and its descendants together, separately from other tenants', async () => {
    for (let number = 0; number < ORGANIZATION_FACTOR; number += 1)
      await times(BURST, principal(`key ${number}`, `sub ${number}`))
    expect(await exchange(principal('a new key', 'root'))).toEqual({ retryAfterSeconds: 1 })
    expect(await exchange(principal('a new key', 'another root'))).toBeUndefined()
  })

  it('lets an action that counts as more than the burst pass once the bucket is full', async () => {
    expect(await exchange(principal('key'), 10 * BURST)).toBeUndefined()
    expect(await exchange(principal('key'))).toBeDefined()
  })
})
