import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Clock } from '../../src/kernel/clock.ts'
import { Unavailable } from '../../src/kernel/errors.ts'
import { newId } from '../../src/kernel/ids.ts'
import { AuditFeed } from '../../src/live/audit-feed.ts'
import { RevokedTokens } from '../../src/tokens/revoked-tokens.ts'
import { insertRevokedTokens } from '../../src/tokens/tokens.store.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { type OpenDatabase, openDatabase } from '../support/open-database.ts'
import { HeldDatabase, ManualTransport } from '../support/other-instance.ts'
import { PATIENCE } from '../support/patience.ts'

const HOUR_MS = 3_600_000
const MOST_CACHED = 3

describe('the cache of revoked tokens', () => {
  let open: OpenDatabase
  let database: HeldDatabase
  let clock: ManualClock
  let transport: ManualTransport
  let feed: AuditFeed
  let revoked: RevokedTokens
  beforeEach(async () => {
    open = await openDatabase('sqlite')
    database = new HeldDatabase(open.sources)
    clock = new ManualClock()
    await start()
  })
  afterEach(async () => {
    await revoked.stop()
    await feed.close()
    await open.close()
  })

  const start = async () => {
    const fail = (error: unknown) => {
      throw error
    }
    transport = new ManualTransport()
    feed = new AuditFeed(database, clock as Clock, transport, fail)
    revoked = new RevokedTokens(database, clock, feed, fail, MOST_CACHED)
    await feed.start()
    await revoked.start()
  }
  /** Other instances revoke tokens, and this one receives that if a test says so. */
  const revoke = async (count: number, lifetimeMs = HOUR_MS): Promise<string[]> => {
    const ids = Array.from({ length: count }, () => randomUUID())
    const expiresAt = new Date(clock.now().getTime() + lifetimeMs)
    for (const id of ids)
      await database.write((writer) => insertRevokedTokens(writer, [{ id, keyId: newId('key'), expiresAt }]))
    return ids
  }

  /** Lets time pass, and then one more purge take place. */
  const purgeAfter = async (hours: number) => {
    const write = vi.spyOn(database, 'write')
    for (const seconds of [(hours * HOUR_MS) / 1_000, 600]) {
      write.mockClear()
      clock.advance(seconds)
      await vi.waitFor(() => expect(write).toHaveResolved(), PATIENCE)
      // The next one is scheduled behind what follows the write.
      await database.read((reader) => reader.query('SELECT 1'))
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  it('is bounded, and beyond that revoked tokens are looked up', async () => {
    const ids = await revoke(2 * MOST_CACHED)
    transport.reconnect()
    await vi.waitFor(() => expect(revoked.size).toBe(MOST_CACHED), PATIENCE)
    expect(await Promise.all(ids.map((id) => revoked.has(id)))).toEqual(ids.map(() => true))
    const { reads } = database
    expect(await revoked.has(randomUUID())).toBe(false)
    expect(database.reads).toBe(reads + 1)
  })

  it('is complete again, without reading, once fewer are revoked than it holds', async () => {
    await revoke(2 * MOST_CACHED)
    transport.reconnect()
    await vi.waitFor(() => expect(revoked.size).toBe(MOST_CACHED), PATIENCE)
    await purgeAfter(26)
    expect(revoked.size).toBe(0)
    await vi.waitFor(async () => {
      const { reads } = database
      expect(await revoked.has(randomUUID())).toBe(false)
      expect(database.reads).toBe(reads)
    }, PATIENCE)
  })

  it('still has a token that expired by a clock that was hours ahead and came back', async () => {
    const [id = ''] = await revoke(1)
    transport.reconnect()
    await vi.waitFor(() => expect(revoked.size).toBe(1), PATIENCE)
    await purgeAfter(20)
    await revoked.stop()
    await feed.close()
    clock.advance((-20 * HOUR_MS) / 1_000)
    await start()
    expect([await revoked.has(id), revoked.size]).toEqual([true, 1])
  })

  it('discards a read that took longer than two seconds', async () => {
    transport.connected = false
    vi.spyOn(feed, 'stopwatch').mockReturnValue(() => 2_001)
    await expect(revoked.has(randomUUID())).rejects.toThrow(Unavailable)
    // That a token was revoked stays true.
    const [id = ''] = await revoke(1)
    expect(await revoked.has(id)).toBe(true)
  })
})
