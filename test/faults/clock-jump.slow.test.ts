import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { RevokeAccessTokenDocument, ViewerDocument } from '../../src/generated/graphql.ts'
import { faultsOf, historyOf } from '../support/audit-chain.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { JumpingClock } from '../support/jumping-clock.ts'
import { tokenOf } from '../support/tokens.ts'

const HOUR_MS = 3_600_000

describe('a clock that jumps an hour ahead and comes back', { timeout: 60_000 }, () => {
  const clock = new JumpingClock()
  let app: TestApp
  beforeAll(async () => {
    app = await boot({ clock })
  })
  afterAll(() => app.close())

  const warnings = () =>
    app.logged.filter((line) => line.includes('The system clock jumped')).map((line) => JSON.parse(line))
  const counted = async (direction: string) => {
    const text = await (await fetch(`${app.url}/metrics`)).text()
    return Number(new RegExp(`keyturn_clock_jumps_total{direction="${direction}"} (\\d+)`).exec(text)?.[1] ?? 0)
  }
  const untilWarned = (times: number) =>
    vi.waitFor(() => expect(warnings()).toHaveLength(times), { timeout: 10_000, interval: 50 })
  const createdAt = async (id: string) => {
    const history = await historyOf(app.owner, app.organizationId, { types: ['KEY_CREATED'] })
    return Date.parse(history.find(({ targetId }) => targetId === id)?.occurredAt ?? '')
  }

  it('is a warning and a count each way; no event is earlier than the one before it, and none revives a token', async () => {
    const lasting = await app.apiKey()
    const short = await app.apiKey({ expiresIn: 'PT30M' })
    const token = await tokenOf(app, lasting)
    await app.anonymous.run(RevokeAccessTokenDocument, { input: { token } })

    clock.set(HOUR_MS)
    await untilWarned(1)
    const ahead = await app.apiKey()
    expect((await short.client.fail(ViewerDocument, {})).extensions.reason).toBe('EXPIRED')

    clock.set(0)
    await untilWarned(2)
    // Rates count as used up once.
    const back = await vi.waitFor(() => app.apiKey(), { timeout: 10_000, interval: 500 })
    expect(await createdAt(back.id)).toBeGreaterThanOrEqual(await createdAt(ahead.id))
    expect(await createdAt(back.id)).toBeGreaterThan(Date.now() + HOUR_MS / 2)
    expect(faultsOf(await historyOf(app.owner, app.organizationId), app.organizationId)).toEqual([])
    expect((await app.anonymous.with(token).fail(ViewerDocument, {})).extensions.code).toBe('UNAUTHENTICATED')
    expect((await lasting.client.run(ViewerDocument, {})).viewer.key?.id).toBe(lasting.id)

    const seconds = warnings().map((line) => Math.round(line.seconds / 60))
    expect(seconds).toEqual([60, -60])
    expect(warnings().map(({ level }) => level)).toEqual([40, 40])
    expect([await counted('ahead'), await counted('back')]).toEqual([1, 1])
  })
})
