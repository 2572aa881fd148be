import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Principal } from '../../src/access/principal.ts'
import type { AuditEvent } from '../../src/audit/audit-event.ts'
import type { AuditEventType } from '../../src/audit/events/event-types.ts'
import { CredentialWatch, type WatchedFeed } from '../../src/live/credential-watch.ts'
import type { WatchedCredential } from '../../src/live/watched-credential.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { deferred } from '../support/open-database.ts'

const HOUR_MS = 3_600_000

/** A feed by the test's own hand. */
class ManualFeed implements WatchedFeed {
  current = true
  miss: () => void = () => undefined
  private readonly handlers = new Map<AuditEventType, (event: never) => void>()

  on<Type extends AuditEventType>(types: readonly Type[], handler: (event: AuditEvent<Type>) => void): void {
    for (const type of types) this.handlers.set(type, handler)
  }

  onGap(handler: () => void): void {
    this.miss = handler
  }

  say(type: AuditEventType, targetId: string | null, details: object = {}): void {
    const report = this.handlers.get(type) as ((event: object) => void) | undefined
    report?.({ type, targetId, details })
  }
}

const machine = (keyId: string, credential: Partial<Principal['credential']> = {}): Principal => ({
  kind: 'API_KEY',
  id: keyId,
  name: keyId,
  credential: {
    kind: 'SECRET',
    keyId,
    tokenId: null,
    sessionId: null,
    expiresAt: null,
    keyExpiresAt: null,
    allowedIps: [],
    verifiedEmail: null,
    ...credential,
  },
  organizationId: 'org',
  holdings: [{ organizationId: 'org', grants: [{ module: 'keys', role: 'VIEWER' }] }],
  narrowedTo: null,
  within: 'org',
  serverOwner: false,
})

/** A credential whose holder the test decides, and which counts how often it was checked. */
const credential = (principal: Principal, id = principal.id) => {
  const own = {
    id,
    principal,
    answer: principal as Principal | null,
    checks: 0,
    recheck: async () => {
      own.checks += 1
      return own.answer
    },
    refusalReason: () => null,
  }
  return own
}
type TestCredential = ReturnType<typeof credential>

describe('the watch over credentials', () => {
  let feed: ManualFeed
  let clock: ManualClock
  let watch: CredentialWatch<string>
  let ended: (readonly [readonly string[], unknown])[]
  let changed: string[]
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    feed = new ManualFeed()
    clock = new ManualClock()
    ended = []
    changed = []
    watch = new CredentialWatch<string>(feed, clock, {
      changed: async ({ presented }, { principal }) => {
        changed.push(`${presented.id} ${JSON.stringify(principal.narrowedTo)}`)
      },
      ended: (watchers, error) => ended.push([watchers, error]),
    })
  })
  afterEach(() => {
    watch.close()
    vi.useRealTimers()
  })

  const enter = async (own: TestCredential, watchers = 1): Promise<WatchedCredential<string>> => {
    const entered = Array.from({ length: watchers }, (_, number) =>
      watch.enter(own, own.principal, `${own.id} ${number}`),
    )
    const [first] = entered
    if (first === undefined) throw new Error('Nobody entered.')
    await watch.holderOf(first)
    return first
  }
  const several = async (count: number, watchers = 1) => {
    const all = Array.from({ length: count }, (_, number) => credential(machine(`key_${number}`)))
    for (const own of all) await enter(own, watchers)
    for (const own of all) own.checks = 0
    return all
  }
  /** Lets everything happen that does not wait for a timer. */
  const settle = async () => {
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate)
  }
  const checksOf = (all: readonly TestCredential[]) => all.map(({ checks }) => checks)
  const watchersOf = (own: TestCredential, count: number) =>
    Array.from({ length: count }, (_, number) => `${own.id} ${number}`)

  it('checks a credential once when its first subscription starts', async () => {
    const own = credential(machine('key_1'))
    await enter(own, 100)
    expect([own.checks, watch.size]).toEqual([1, 1])
  })

  it('checks nothing during an hour without events', async () => {
    const all = await several(10, 100)
    feed.say('KEY_UPDATED', 'key_of_somebody_else')
    feed.say('TOKEN_ISSUED', 'key_1')
    for (let second = 0; second < 3_600; second += 1) {
      clock.advance(1)
      vi.advanceTimersByTime(1_000)
    }
    await settle()
    expect(checksOf(all)).toEqual(Array(10).fill(0))
    expect(ended).toEqual([])
  })

  it.each<[string, AuditEventType, () => [string | null, object]]>([
    ['its key', 'KEY_REVOKED', () => ['key_1', {}]],
    ['its token', 'TOKEN_REVOKED', () => ['key_1', { tokenId: 'token_1' }]],
    ['its user', 'MEMBER_REMOVED', () => ['mem_1', { userId: 'usr_1' }]],
  ])('ends all subscriptions of a credential after an event about %s', async (_what, type, namesOf) => {
    const principal: Principal = {
      ...machine('key_1', { tokenId: 'token_1' }),
      kind: 'USER',
      id: 'usr_1',
    }
    const own = credential(principal)
    const other = credential(machine('key_2'))
    await enter(own, 50)
    await enter(other)
    own.answer = null
    feed.say(type, ...namesOf())
    await settle()
    expect(ended).toEqual([[watchersOf(own, 50), null]])
    expect([own.checks, other.checks, watch.size]).toEqual([2, 1, 1])
  })

  it('checks each credential of a user once, and no others', async () => {
    const of = (user: string, key: string) => credential({ ...machine(key), kind: 'USER', id: user }, key)
    const all = [of('usr_1', 'key_1'), of('usr_1', 'key_2'), of('usr_2', 'key_3')]
    for (const own of all) await enter(own, 20)
    feed.say('MEMBER_UPDATED', 'mem_1', { userId: 'usr_1' })
    await settle()
    expect(checksOf(all)).toEqual([2, 2, 1])
  })

  it('combines many events into one check', async () => {
    const [own] = await several(1, 100)
    for (let count = 0; count < 50; count += 1) feed.say('KEY_UPDATED', 'key_0')
    await settle()
    expect(own?.checks).toBe(1)
  })

  it('checks again if the result may be older than an event', async () => {
    const own = credential(machine('key_1'))
    const entered = await enter(own)
    const { promise, resolve } = deferred<Principal | null>()
    const recheck = vi.spyOn(own, 'recheck').mockImplementationOnce(() => promise)
    const held = watch.enter({ ...own, recheck: own.recheck }, own.principal, 'late')
    expect(held).toBe(entered)
    own.recheck = recheck
    feed.say('KEY_UPDATED', 'key_1')
    await settle()
    feed.say('KEY_REVOKED', 'key_1')
    own.answer = null
    resolve(own.principal)
    await settle()
    expect(ended).toEqual([[['key_1 0', 'late'], null]])
    expect(await watch.holderOf(entered)).toBeNull()
  })

  it('returns new rights only after the watchers have been notified', async () => {
    const own = credential(machine('key_1'))
    const entered = await enter(own)
    const narrowed: Principal = { ...own.principal, narrowedTo: [] }
    own.answer = narrowed
    feed.say('KEY_UPDATED', 'key_1')
    const holder = await watch.holderOf(entered)
    expect(holder?.principal).toEqual(narrowed)
    expect(changed).toEqual(['key_1 []'])
  })

  it('checks each credential once after a gap, a few at a time', async () => {
    const all = await several(100, 10)
    let running = 0
    let most = 0
    for (const own of all)
      own.recheck = async () => {
        own.checks += 1
        running += 1
        most = Math.max(most, running)
        await new Promise(setImmediate)
        running -= 1
        return own.answer
      }
    feed.miss()
    for (let turn = 0; turn < 40; turn += 1) await settle()
    expect(checksOf(all)).toEqual(Array(100).fill(1))
    expect(most).toBeLessThanOrEqual(8)
  })

  it('checks each credential once a second while the feed is disconnected, for any number of subscriptions', async () => {
    const all = await several(20, 50)
    feed.current = false
    for (let look = 0; look < 30; look += 1) {
      vi.advanceTimersByTime(100)
      await settle()
    }
    expect(checksOf(all)).toEqual(Array(20).fill(3))
    const [first] = all
    if (first !== undefined) first.answer = null
    for (let look = 0; look < 10; look += 1) {
      vi.advanceTimersByTime(100)
      await settle()
    }
    expect(ended.map(([watchers]) => watchers.length)).toEqual([50])
  })

  it('checks a single credential at most once a second while the feed is disconnected', async () => {
    const all = await several(1, 500)
    feed.current = false
    for (let look = 0; look < 50; look += 1) {
      vi.advanceTimersByTime(100)
      await settle()
    }
    expect(checksOf(all)).toEqual([5])
  })

  it('checks each credential once when the feed reconnects, and not again', async () => {
    const all = await several(5)
    feed.current = false
    vi.advanceTimersByTime(100)
    await settle()
    for (const own of all) own.checks = 0
    feed.current = true
    vi.advanceTimersByTime(10_000)
    await settle()
    expect(checksOf(all)).toEqual(Array(5).fill(1))
  })

  it('shares one check between concurrent callers while the feed is disconnected', async () => {
    const own = credential(machine('key_1'))
    const entered = await enter(own, 100)
    feed.current = false
    own.checks = 0
    const event = { organizationId: 'org', sequence: 7 }
    await Promise.all(Array.from({ length: 100 }, () => watch.holderAt(entered, event)))
    await watch.holderAt(entered, { ...event, sequence: 6 })
    expect(own.checks).toBe(1)
    // What was committed between the two may have been missed.
    own.answer = null
    expect(await watch.holderAt(entered, { ...event, sequence: 8 })).toBeNull()
  })

  it('ends everything at the expiry of the credential, with one timer', async () => {
    const wakeAt = vi.spyOn(clock, 'wakeAt')
    const at = (seconds: number) => new Date(clock.now().getTime() + seconds * 1_000)
    const all = [30, 10, 20].map((seconds) => credential(machine(`key_${seconds}`, { expiresAt: at(seconds) })))
    for (const own of all) await enter(own, 20)
    expect(wakeAt.mock.calls.map(([instant]) => instant)).toEqual([at(30), at(10)])
    clock.advance(9.999)
    await settle()
    expect(ended).toEqual([])
    clock.advance(0.001)
    await settle()
    expect(ended.map(([watchers]) => watchers[0])).toEqual(['key_10 0'])
    clock.advance(20)
    await settle()
    expect(ended.map(([watchers]) => watchers[0])).toEqual(['key_10 0', 'key_20 0', 'key_30 0'])
    expect(watch.size).toBe(0)
  })

  it('ends what has expired when the clock is set forward without a timer', async () => {
    const own = credential(machine('key_1', { expiresAt: new Date(clock.now().getTime() + HOUR_MS) }))
    await enter(own)
    vi.spyOn(clock, 'now').mockReturnValue(new Date(clock.now().getTime() + 2 * HOUR_MS))
    vi.advanceTimersByTime(100)
    await settle()
    expect(ended).toEqual([[['key_1 0'], null]])
  })

  it('keeps waiting if the expiry was postponed', async () => {
    const own = credential(machine('key_1', { expiresAt: new Date(clock.now().getTime() + 10_000) }))
    await enter(own)
    own.answer = machine('key_1', { expiresAt: new Date(clock.now().getTime() + 60_000) })
    clock.advance(10)
    await settle()
    expect(ended).toEqual([])
    clock.advance(50)
    await settle()
    expect(ended).toEqual([[['key_1 0'], null]])
  })

  it('ends the subscriptions of a credential that cannot be checked, with the reason', async () => {
    const own = credential(machine('key_1'))
    await enter(own, 2)
    const fault = new Error('The connection was lost.')
    own.recheck = async () => Promise.reject(fault)
    feed.say('KEY_UPDATED', 'key_1')
    await settle()
    expect(ended).toEqual([[['key_1 0', 'key_1 1'], fault]])
  })

  it('keeps nothing of a credential without subscriptions', async () => {
    const own = credential(machine('key_1', { expiresAt: new Date(clock.now().getTime() + 1_000) }))
    const entered = await enter(own)
    watch.leave(entered, 'key_1 0')
    expect([watch.size, vi.getTimerCount()]).toEqual([0, 0])
    clock.advance(1)
    feed.say('KEY_REVOKED', 'key_1')
    feed.miss()
    await settle()
    expect([own.checks, ended]).toEqual([1, []])
  })
})
