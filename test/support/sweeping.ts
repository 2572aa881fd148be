import { expect, vi } from 'vitest'
import type { AuditEventType } from '../../src/audit/events/event-types.ts'
import type { JsonObject } from '../../src/audit-chain/canonical-json.ts'
import { type BootOptions, boot, type TestApp } from './boot.ts'
import { ManualClock } from './manual-clock.ts'

export interface HistoryEntry {
  readonly sequence: number
  readonly type: AuditEventType
  readonly details: JsonObject
}

export interface WarningEntry {
  readonly id: string
  readonly sequence: number
  /** Seconds. */
  readonly threshold: number
  readonly expiresAt: string
}

/** What an app's database says of a key, read past the API: credentials expire while a test moves time. */
export const historyOf = async (app: TestApp, keyId: string, ...types: AuditEventType[]): Promise<HistoryEntry[]> => {
  const rows = await app.app.parts.services.database.read((reader) =>
    reader.query<{ sequence: string | number; type: AuditEventType; details: string }>(
      'SELECT sequence, type, details FROM audit_events WHERE target_id = ? ORDER BY sequence',
      [keyId],
    ),
  )
  return rows
    .filter((row) => types.length === 0 || types.includes(row.type))
    .map((row) => ({ sequence: Number(row.sequence), type: row.type, details: JSON.parse(row.details) }))
}

export const warningsOf = async (app: TestApp, keyId: string): Promise<WarningEntry[]> => {
  const rows = await app.app.parts.services.database.read((reader) =>
    reader.query<{ id: string; sequence: string; threshold: string; expires_at: string }>(
      'SELECT id, sequence, threshold, expires_at FROM expiry_warnings WHERE key_id = ? ORDER BY sequence',
      [keyId],
    ),
  )
  return rows.map((row) => ({
    id: row.id,
    sequence: Number(row.sequence),
    threshold: Number(row.threshold),
    expiresAt: row.expires_at,
  }))
}

/** Sweeps until nothing is due any more: not for this sweeper, and not for another that holds keys just now. */
export const sweepAll = (app: TestApp): Promise<void> =>
  vi.waitFor(
    async () => {
      const next = await app.app.parts.sweeper.sweep()
      expect(next === null || next > app.app.parts.services.clock.now()).toBe(true)
    },
    { timeout: 20_000, interval: 20 },
  )

/** A running service, its clock, and what its sweeper does when time moves. */
export interface SweptApp extends TestApp {
  readonly clock: ManualClock
  /** Moves time on by so many seconds, and resolves when all that fell due is done. */
  pass(seconds: number): Promise<void>
}

export const bootSwept = async (options: BootOptions = {}, clock = new ManualClock()): Promise<SweptApp> => {
  const app = await boot({ ...options, clock })
  const pass = async (seconds: number) => {
    clock.advance(seconds)
    await sweepAll(app)
  }
  return { ...app, clock, pass }
}
