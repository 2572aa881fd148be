import { beforeAll, describe, expect, it } from 'vitest'
import { BEGINNING } from '../../src/audit-chain/chain-position.ts'
import type { CheckpointFile } from '../../src/audit-chain/checkpoint-file.ts'
import { linesOf } from '../../src/cli/audit-file/lines.ts'
import { verifyExport } from '../../src/cli/audit-file/verify-export.ts'
import { chain, createSigner, ORGANIZATION, rewritten, type Signer } from '../support/signed-chain.ts'

const EVENTS = 6

const fileOf = (lines: readonly unknown[]): string =>
  lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('')

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

const verify = (file: string | Buffer, checkpoint: CheckpointFile | null = null) =>
  verifyExport(linesOf(chunksOf(Buffer.from(file), 100)), checkpoint)

describe('the verification of an exported audit log', () => {
  const events = chain(BEGINNING, EVENTS)
  const lines = events.map((event) => JSON.stringify(event))
  let signer: Signer
  beforeAll(async () => {
    signer = await createSigner()
  })
  const headAt = (sequence: number) => ({ sequence, hash: events[sequence - 1]?.hash ?? '' })
  const checkpointAt = (sequence: number) => signer.sign(headAt(sequence))

  it('reports an intact log as intact, also without a line feed at its end', async () => {
    const intact = { intact: true, checkedEvents: EVENTS, firstBrokenSequence: null, headHash: events.at(-1)?.hash }
    expect(await verify(fileOf(lines))).toMatchObject({ ...intact, organizationId: ORGANIZATION })
    expect(await verify(fileOf(lines).trimEnd())).toMatchObject(intact)
    expect(await verify(fileOf(lines), await checkpointAt(EVENTS))).toMatchObject(intact)
    expect(await verify(fileOf(lines), await checkpointAt(3))).toMatchObject(intact)
  })

  const FIELDS = Object.keys(events[0] ?? {})
  it.each(FIELDS)('finds a changed %s', async (field) => {
    const changed = events.map((event) =>
      event.sequence === 3
        ? { ...event, [field]: field === 'sequence' ? 4 : field === 'details' ? {} : 'changed' }
        : event,
    )
    expect(await verify(fileOf(changed))).toMatchObject({ intact: false, firstBrokenSequence: 3, checkedEvents: 2 })
  })

  it.each(FIELDS)('finds a missing %s', async (field) => {
    const changed = events.map((event) =>
      event.sequence === 3 ? Object.fromEntries(Object.entries(event).filter(([name]) => name !== field)) : event,
    )
    expect(await verify(fileOf(changed))).toMatchObject({ intact: false, firstBrokenSequence: 3 })
  })

  const third = lines[2] ?? ''
  it.each<[string, (all: string[]) => unknown[]]>([
    ['a changed detail', (all) => all.with(2, third.replace('"count":3', '"count":4'))],
    ['a changed name of an actor', (all) => all.with(2, third.replace('Zoë', 'Zoe'))],
    ['an added field', (all) => all.with(2, third.replace('"sequence"', '"note":"x","sequence"'))],
    ['a field that is there twice', (all) => all.with(2, third.replace('"type"', '"type":"KEY_REVOKED","type"'))],
    [
      'another spelling of the same instant',
      (all) => all.with(2, third.replace(/00:00:03.000Z/, '01:00:03.000+01:00')),
    ],
    ['two events in the wrong order', (all) => all.with(2, all[3] ?? '').with(3, third)],
    ['an event removed in the middle', (all) => all.toSpliced(2, 1)],
    ['an event that is there twice', (all) => all.toSpliced(2, 0, all[1] ?? '')],
    ['an inserted event', (all) => all.toSpliced(2, 0, JSON.stringify({ ...events[2], id: 'evt_x' }))],
    [
      'an event of another organization',
      (all) => all.with(2, JSON.stringify(chain(events[1] ?? BEGINNING, 1, 'org_2')[0])),
    ],
    ['a line that is not JSON', (all) => all.with(2, third.slice(0, -5))],
    ['an empty line', (all) => all.toSpliced(2, 0, '')],
    ['JSON that is no event', (all) => all.with(2, '[]')],
  ])('finds %s', async (_, tamper) => {
    expect(await verify(fileOf(tamper([...lines])))).toMatchObject({ intact: false, firstBrokenSequence: 3 })
  })

  it('finds a missing start, and an empty file', async () => {
    expect(await verify(fileOf(lines.slice(1)))).toMatchObject({ intact: false, firstBrokenSequence: 1 })
    expect(await verify('')).toMatchObject({ intact: false, firstBrokenSequence: 1, checkedEvents: 0 })
  })

  it('finds bytes that are not UTF-8, and a line without an end', async () => {
    const bytes = Buffer.from(fileOf(lines))
    bytes[bytes.indexOf('nightly')] = 0xff
    expect(await verify(bytes)).toMatchObject({ intact: false, firstBrokenSequence: 1 })
    const endless = Buffer.alloc(17 * 1024 * 1024, 'a')
    const found = await verifyExport(linesOf(chunksOf(endless, 65_536)), null)
    expect(found).toMatchObject({ intact: false, firstBrokenSequence: 1 })
  })

  it('finds a truncated end with a checkpoint, and only with one', async () => {
    const cut = fileOf(lines.slice(0, 4))
    expect(await verify(cut)).toMatchObject({ intact: true, checkedEvents: 4 })
    expect(await verify(cut, await checkpointAt(EVENTS))).toMatchObject({ intact: false, firstBrokenSequence: 5 })
  })

  it('finds a consistent rewrite of events before a checkpoint', async () => {
    const forged = fileOf(rewritten(events))
    expect(await verify(forged)).toMatchObject({ intact: true })
    expect(await verify(forged, await checkpointAt(4))).toMatchObject({ intact: false, firstBrokenSequence: 4 })
    const other = fileOf(chain(BEGINNING, EVENTS, 'org_2'))
    expect(await verify(other, await checkpointAt(EVENTS))).toMatchObject({ intact: false, firstBrokenSequence: 1 })
  })

  it.each<[string, (checkpoint: CheckpointFile) => Partial<CheckpointFile>]>([
    ['whose sequence was changed', () => ({ sequence: 5 })],
    ['whose hash was changed', () => ({ hash: 'f'.repeat(64) })],
    ['whose time was changed', () => ({ signedAt: '2020-01-01T00:00:00.000Z' })],
    ['whose signature was changed', ({ signature }) => ({ signature: `${signature.slice(0, -8)}AAAAAAAA` })],
    ['that is no signature', () => ({ signature: 'none' })],
    ['without the key that signed it', () => ({ keys: { keys: [] } })],
  ])('rejects a checkpoint %s', async (_, change) => {
    const checkpoint = await checkpointAt(EVENTS)
    const found = await verify(fileOf(lines), { ...checkpoint, ...change(checkpoint) })
    expect(found).toMatchObject({
      intact: false,
      firstBrokenSequence: null,
      fault: expect.stringContaining('checkpoint'),
    })
  })

  it('rejects a signature that the server made for something else', async () => {
    const found = await verify(fileOf(lines), await signer.sign(headAt(EVENTS), 'at+jwt'))
    expect(found).toMatchObject({ intact: false, fault: expect.stringContaining('checkpoint') })
  })
})
