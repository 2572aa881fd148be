import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { eventsAfter } from '../../src/audit/audit.store.ts'
import { ANONYMOUS } from '../../src/audit/audit-event.ts'
import { AuditLog } from '../../src/audit/audit-log.ts'
import type { Denial } from '../../src/audit/denial-minute.ts'
import { DenialRecorder } from '../../src/audit/denial-recorder.ts'
import { accessDenied } from '../../src/audit/events/access-events.ts'
import { newId } from '../../src/kernel/ids.ts'
import { ENGINES } from '../support/engines.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { type OpenDatabase, openDatabase } from '../support/open-database.ts'
import { PATIENCE } from '../support/patience.ts'

describe.each(ENGINES)('denials in the audit log on %s', (engine) => {
  let open: OpenDatabase
  let clock: ManualClock
  let recorder: DenialRecorder
  let organizationId: string
  const faults: unknown[] = []
  beforeAll(async () => {
    open = await openDatabase(engine)
  })
  afterAll(() => open.close())
  beforeEach(() => {
    clock = new ManualClock()
    organizationId = newId('organization')
    faults.length = 0
    const log = new AuditLog(clock, { announce: () => undefined })
    recorder = new DenialRecorder(open.database, clock, log, (error) => faults.push(error))
  })

  const denial = (ipAddress = '10.0.0.1', reason = 'expired'): Denial => ({
    organizationId,
    cause: { actor: ANONYMOUS, credentialId: null, tokenId: null, requestId: null, ipAddress, userAgent: null },
    draft: accessDenied({ reason }),
  })
  const written = async () => {
    const events = await open.database.read((reader) => eventsAfter(reader, organizationId, { after: 0 }, 1_000))
    return events.map(({ ipAddress, storedDetails }) => `${ipAddress} ${storedDetails.reason} ${storedDetails.count}`)
  }

  it('are written immediately, and identical ones of the next minute as one event with their count', async () => {
    for (let count = 0; count < 5; count += 1) await recorder.record(denial())
    expect(await written()).toEqual(['10.0.0.1 expired 1'])
    clock.advance(59)
    await recorder.record(denial())
    expect(await written()).toEqual(['10.0.0.1 expired 1'])
    clock.advance(1)
    await vi.waitFor(
      async () => expect(await written()).toEqual(['10.0.0.1 expired 1', '10.0.0.1 expired 5']),
      PATIENCE,
    )
  })

  it('are distinguished by address and by reason, and counted for each', async () => {
    for (const other of [denial(), denial('10.0.0.2'), denial('10.0.0.1', 'suspended'), denial()])
      await recorder.record(other)
    await recorder.stop()
    expect(await written()).toEqual([
      '10.0.0.1 expired 1',
      '10.0.0.2 expired 1',
      '10.0.0.1 suspended 1',
      '10.0.0.1 expired 1',
    ])
  })

  it('are counted exactly, also while the minute before is being written', async () => {
    const addresses = ['10.0.0.1', '10.0.0.2', '10.0.0.3']
    const refuse = (times: number) =>
      Promise.all(addresses.flatMap((address) => Array.from({ length: times }, () => recorder.record(denial(address)))))
    await refuse(4)
    clock.advance(60)
    await refuse(3)
    await recorder.stop()
    expect((await written()).sort()).toEqual(
      addresses.flatMap((address) => [1, 1, 2, 3].map((count) => `${address} expired ${count}`)),
    )
  })

  it('are still counted after the database could not be written to', async () => {
    for (let count = 0; count < 4; count += 1) await recorder.record(denial())
    const write = vi.spyOn(open.database, 'writeFor').mockRejectedValueOnce(new Error('The disk is full.'))
    clock.advance(60)
    await vi.waitFor(() => expect(faults).toEqual([new Error('The disk is full.')]), PATIENCE)
    write.mockRestore()
    expect(await written()).toEqual(['10.0.0.1 expired 1'])
    clock.advance(60)
    await vi.waitFor(
      async () => expect(await written()).toEqual(['10.0.0.1 expired 1', '10.0.0.1 expired 3']),
      PATIENCE,
    )
  })

  it('are still returned if the first one could not be written, and are counted', async () => {
    const write = vi.spyOn(open.database, 'writeFor').mockRejectedValueOnce(new Error('The disk is full.'))
    await recorder.record(denial())
    expect(faults).toEqual([new Error('The disk is full.')])
    write.mockRestore()
    await recorder.record(denial())
    clock.advance(60)
    await vi.waitFor(async () => expect(await written()).toEqual(['10.0.0.1 expired 2']), PATIENCE)
  })
})
