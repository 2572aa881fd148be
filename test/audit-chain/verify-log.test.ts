import { describe, expect, it } from 'vitest'
import { sha256 as sha256OfNode } from '../../src/audit/hash-chain.ts'
import { BEGINNING } from '../../src/audit-chain/chain-position.ts'
import type { LoggedEvent } from '../../src/audit-chain/exported-event.ts'
import { sha256 } from '../../src/audit-chain/sha256.ts'
import { type LogPage, verifyLog, WithheldDetails } from '../../src/audit-chain/verify-log.ts'
import { chain, ORGANIZATION, rewritten } from '../support/signed-chain.ts'

const EVENTS = 10
const PAGE = 3
const log = chain(BEGINNING, EVENTS)
const headAt = (sequence: number) => ({ sequence, hash: log[sequence - 1]?.hash ?? '' })

/** A server that has these events; the cursor of a page is the index of its first event. */
const serve =
  (events: readonly LoggedEvent[], asked: (string | null)[] = []) =>
  async (cursor: string | null): Promise<LogPage> => {
    asked.push(cursor)
    const start = Number(cursor ?? 0)
    const end = start + PAGE
    return { events: events.slice(start, end), next: end < events.length ? String(end) : null }
  }

const verify = (events: readonly LoggedEvent[], given: Partial<Parameters<typeof verifyLog>[0]> = {}) =>
  verifyLog({
    readPage: serve(events),
    sha256,
    organizationId: ORGANIZATION,
    signedHead: null,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...given,
  })

const changed = (sequence: number, change: Partial<LoggedEvent>): LoggedEvent[] =>
  log.map((event) => (event.sequence === sequence ? { ...event, ...change } : event))

describe('the verification of an audit log that is read from a server', () => {
  it('reports an intact log as intact, with the position of its end', async () => {
    const found = await verify(log)
    expect(found).toMatchObject({ intact: true, checkedEvents: EVENTS, headHash: log.at(-1)?.hash, fault: null })
    expect(await verify(log, { sha256: sha256OfNode })).toEqual(found)
  })

  it.each<[string, Partial<LoggedEvent>]>([
    ['id', { id: 'evt_other' }],
    ['organization', { organizationId: 'org_2' }],
    ['type', { type: 'KEY_REVOKED' }],
    ['instant', { occurredAt: '2026-11-26T00:00:06.000Z' }],
    ['spelling of the instant', { occurredAt: '2026-11-26T01:00:05.000+01:00' }],
    ['instant that is none', { occurredAt: 'yesterday' }],
    ['kind of actor', { actor: { kind: 'API_KEY', id: 'usr_1', name: 'Zoë\u2028' } }],
    ['name of the actor', { actor: { kind: 'USER', id: 'usr_1', name: 'Zoe\u2028' } }],
    ['credential', { credentialId: 'key_9' }],
    ['token', { tokenId: 'tok' }],
    ['target', { targetId: 'key_3' }],
    ['name of the target', { targetName: null }],
    ['detail', { details: { hint: 'kt_ak_...', grants: ['build:manager'], count: 5 } }],
    ['detail that was added', { details: { ...log[4]?.details, note: null } }],
    ['detail without a canonical form', { details: { ...log[4]?.details, hint: '\ud800' } }],
    ['request id', { requestId: 'r' }],
    ['address', { ipAddress: null }],
    ['user agent', { userAgent: 'wget' }],
    ['previous hash', { previousHash: '0'.repeat(64) }],
    ['hash', { hash: 'f'.repeat(64) }],
  ])('finds a changed %s', async (_, change) => {
    const found = await verify(changed(5, change))
    expect(found).toMatchObject({ intact: false, firstBrokenSequence: 5, checkedEvents: 4 })
    expect(found.fault).toMatch(/^Event 5 is broken: /)
  })

  it.each<[string, (events: LoggedEvent[]) => LoggedEvent[]]>([
    ['an event that was removed', (events) => events.toSpliced(4, 1)],
    ['an event that is there twice', (events) => events.toSpliced(4, 0, ...events.slice(3, 4))],
    ['two events in the wrong order', (events) => events.toSpliced(4, 2, ...events.slice(4, 6).reverse())],
    ['an event that was inserted', (events) => events.toSpliced(4, 0, ...chain(headAt(3), 1))],
    [
      'an end that was written anew on another beginning',
      (events) => [...events.slice(0, 4), ...rewritten(log).slice(4)],
    ],
  ])('finds %s', async (_, tamper) => {
    expect(await verify(tamper([...log]))).toMatchObject({ intact: false, firstBrokenSequence: 5 })
  })

  it('finds a missing start, a log without events, and the log of another organization', async () => {
    expect(await verify(log.slice(1))).toMatchObject({ intact: false, firstBrokenSequence: 1 })
    expect(await verify([])).toMatchObject({ intact: false, firstBrokenSequence: 1, checkedEvents: 0 })
    const other = chain(BEGINNING, EVENTS, 'org_2')
    expect(await verify(other)).toMatchObject({ intact: false, firstBrokenSequence: 1 })
  })

  it('finds a truncated end and a consistent rewrite with an earlier checkpoint, and only with one', async () => {
    const cut = log.slice(0, 7)
    expect(await verify(cut)).toMatchObject({ intact: true, checkedEvents: 7 })
    expect(await verify(cut, { signedHead: headAt(EVENTS) })).toMatchObject({ intact: false, firstBrokenSequence: 8 })
    const forged = rewritten(log)
    expect(await verify(forged)).toMatchObject({ intact: true })
    expect(await verify(forged, { signedHead: headAt(6) })).toMatchObject({ intact: false, firstBrokenSequence: 6 })
    expect(await verify(log, { signedHead: headAt(6) })).toMatchObject({ intact: true })
    expect(await verify(log, { signedHead: headAt(EVENTS) })).toMatchObject({ intact: true })
  })

  it('reports its progress after each page, and reads at most one page ahead', async () => {
    const asked: (string | null)[] = []
    const seen: number[][] = []
    await verify(log, { readPage: serve(log, asked), onProgress: (checked) => seen.push([checked, asked.length]) })
    expect(seen).toEqual([
      [3, 2],
      [6, 3],
      [9, 4],
      [10, 4],
    ])
  })

  it('stops reading when the log is broken or the verification is cancelled', async () => {
    const asked: (string | null)[] = []
    await verify(changed(1, { type: 'KEY_REVOKED' }), {
      readPage: serve(log.with(0, { ...log[1] } as LoggedEvent), asked),
    })
    expect(asked).toEqual([null, '3'])
    const controller = new AbortController()
    const cancelled: (string | null)[] = []
    const run = verify(log, {
      readPage: serve(log, cancelled),
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    })
    await expect(run).rejects.toThrow('enough')
    expect(cancelled).toEqual([null, '3'])
  })

  it('ends if the server sends an empty page with a cursor', async () => {
    const found = await verify([], { readPage: async () => ({ events: [], next: 'on' }) })
    expect(found).toMatchObject({ intact: false, firstBrokenSequence: 1 })
  })

  it('reports an event with withheld details as unverifiable, not as broken', async () => {
    const withheld = changed(5, { details: { withheld: ['allowedIps'] } })
    await expect(verify(withheld)).rejects.toThrow(WithheldDetails)
  })

  it('fails if the server does not answer', async () => {
    const readPage = async () => Promise.reject(new Error('no answer'))
    await expect(verify(log, { readPage })).rejects.toThrow('no answer')
  })
})
