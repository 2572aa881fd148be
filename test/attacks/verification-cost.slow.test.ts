import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { BY_SYSTEM } from '../../src/audit/audit-event.ts'
import { AuditLog } from '../../src/audit/audit-log.ts'
import { AuditVerifier } from '../../src/audit/audit-verifier.ts'
import { signingKeyRotated } from '../../src/audit/events/token-events.ts'
import { newId } from '../../src/kernel/ids.ts'
import { Reader } from '../../src/persistence/database.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { type OpenDatabase, openDatabase } from '../support/open-database.ts'
import { tamperWith } from '../support/tampering.ts'

const LONG = 12_000
const RECHECKED = 5_000

describe('repeated verification of an audit log', () => {
  let open: OpenDatabase
  let clock: ManualClock
  let verifier: AuditVerifier
  let organizationId: string
  let rows = 0
  beforeAll(async () => {
    open = await openDatabase('sqlite')
    const read = Reader.prototype.rows
    vi.spyOn(Reader.prototype, 'rows').mockImplementation(async function (this: Reader, mapping, rest, parameters) {
      const found = await read.call(this, mapping, rest, parameters)
      if (rest.includes('audit_events')) rows += found.length
      return found as never
    })
  })
  afterAll(async () => {
    vi.restoreAllMocks()
    await open.close()
  })
  beforeEach(() => {
    clock = new ManualClock()
    verifier = new AuditVerifier(open.database, clock, async () => [])
    organizationId = newId('organization')
  })
  afterEach(() => {
    rows = 0
  })

  const append = async (count: number) => {
    const log = new AuditLog(clock, { announce: () => undefined })
    const draft = signingKeyRotated('kid', 'ES256')
    for (let left = count; left > 0; left -= 1_000) {
      const entries = Array.from({ length: Math.min(left, 1_000) }, () => ({ cause: BY_SYSTEM, draft }))
      await open.database.write((writer) => log.appendAll(writer, organizationId, entries))
    }
    rows = 0
  }
  const edit = (sequence: number) =>
    tamperWith(open.own, [
      `UPDATE audit_events SET actor_name = 'else' WHERE organization_id = '${organizationId}' AND sequence = ${sequence}`,
    ])
  /** How many events a call read, and what it found. */
  const counted = async () => {
    const before = rows
    const { intact, checkedEvents, firstBrokenSequence } = await verifier.verify(organizationId)
    return { read: rows - before, intact, checkedEvents, firstBrokenSequence }
  }

  it('reads it once for fifty concurrent callers', async () => {
    await append(1_500)
    const answers = await Promise.all(Array.from({ length: 50 }, () => verifier.verify(organizationId)))
    expect(rows).toBe(1_500)
    expect(new Set(answers).size).toBe(1)
    expect(answers[0]).toMatchObject({ intact: true, checkedEvents: 1_500 })
  })

  it('reads at most two logs at once', async () => {
    const find = vi.fn(async () => {
      await Promise.resolve()
      return []
    })
    const limited = new AuditVerifier(open.database, clock, find)
    const all = [1, 2, 3, 4, 5].map(() => limited.verify(newId('organization')))
    expect(find).toHaveBeenCalledTimes(2)
    await Promise.all(all)
    expect(find).toHaveBeenCalledTimes(5)
  })

  it('reads a short log completely each time, so the next call finds an edit', async () => {
    await append(1_500)
    expect(await counted()).toMatchObject({ read: 1_500, intact: true })
    await edit(700)
    expect(await counted()).toMatchObject({ intact: false, checkedEvents: 699, firstBrokenSequence: 700 })
  })

  it('reads the new events and a part of the others in a long log, until ten minutes have passed', async () => {
    await append(LONG)
    expect(await counted()).toMatchObject({ read: LONG, intact: true, checkedEvents: LONG })
    expect(await counted()).toMatchObject({ read: RECHECKED, checkedEvents: LONG })
    await append(30)
    const answers = await Promise.all([counted(), counted()])
    expect(rows).toBe(RECHECKED + 30)
    expect(answers[0]).toMatchObject({ intact: true, checkedEvents: LONG + 30 })
    clock.advance(600)
    expect(await counted()).toMatchObject({ read: LONG + 30, intact: true })
  })

  it('eventually finds an edit of an event that was verified before', async () => {
    await append(LONG)
    await counted()
    await edit(11_000)
    const answers = [await counted(), await counted(), await counted()]
    expect(answers.map(({ intact }) => intact)).toEqual([true, true, false])
    expect(answers[2]).toMatchObject({ checkedEvents: 10_999, firstBrokenSequence: 11_000 })
    // A log that is not intact is never answered from memory.
    expect(await counted()).toMatchObject({ intact: false, firstBrokenSequence: 11_000 })
  })

  it.each([600, LONG])('finds that a verified end without a signature is missing, of %i', async (length) => {
    await append(length)
    await counted()
    const [kept] = await open.database.read((reader) =>
      reader.query<{ hash: string }>('SELECT hash FROM audit_events WHERE organization_id = ? AND sequence = ?', [
        organizationId,
        length - 100,
      ]),
    )
    await tamperWith(open.own, [
      `DELETE FROM audit_events WHERE organization_id = '${organizationId}' AND sequence > ${length - 100}`,
      `UPDATE audit_heads SET sequence = ${length - 100}, hash = '${kept?.hash}' WHERE organization_id = '${organizationId}'`,
    ])
    expect(await counted()).toMatchObject({ intact: false, firstBrokenSequence: length - 99 })
  })
})
