import { CompactSign, exportJWK, generateKeyPair } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { BEGINNING, hashOf } from '../../src/audit/hash-chain.ts'
import type { CheckpointFile } from '../../src/cli/audit-file/checkpoint-file.ts'
import { linesOf } from '../../src/cli/audit-file/lines.ts'
import { verifyExport } from '../../src/cli/audit-file/verify-export.ts'

const ORGANIZATION = 'org_00000000000040008000000000000000'
const EVENTS = 6

type Line = Record<string, unknown> & { sequence: number; hash: string; previousHash: string; details: object }

type Rehashed = Parameters<typeof hashOf>[0]

const chain = (from: { sequence: number; hash: string }, count: number, organizationId = ORGANIZATION): Line[] => {
  const lines: Line[] = []
  let position = from
  for (let index = 0; index < count; index += 1) {
    const sequence = position.sequence + 1
    const unhashed = {
      organizationId,
      sequence,
      id: `evt_${sequence}`,
      type: 'KEY_CREATED',
      occurredAt: new Date(Date.UTC(2026, 10, 26) + sequence * 1_000),
      actor: { kind: 'USER', id: 'usr_1', name: 'Zoë\u2028' },
      credentialId: sequence % 2 === 0 ? 'key_1' : null,
      tokenId: null,
      targetId: 'key_2',
      targetName: 'nightly',
      storedDetails: { hint: 'kt_ak_...', grants: ['build:operator'], count: sequence },
      requestId: null,
      ipAddress: '127.0.0.1',
      userAgent: 'curl',
      previousHash: position.hash,
    }
    const hash = hashOf(unhashed)
    const { storedDetails, occurredAt, ...fields } = unhashed
    lines.push({ ...fields, occurredAt: occurredAt.toISOString(), details: storedDetails, hash })
    position = { sequence, hash }
  }
  return lines
}

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
  const { generate, sign } = signer()
  beforeAll(generate)
  const checkpointAt = (sequence: number) => sign(sequence, events[sequence - 1]?.hash ?? '')

  it('finds an untouched log intact, also without a line feed at its end', async () => {
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

  it('finds a missing beginning, and an empty file', async () => {
    expect(await verify(fileOf(lines.slice(1)))).toMatchObject({ intact: false, firstBrokenSequence: 1 })
    expect(await verify('')).toMatchObject({ intact: false, firstBrokenSequence: 1, checkedEvents: 0 })
  })

  it('finds bytes that are no UTF-8, and a line without an end', async () => {
    const bytes = Buffer.from(fileOf(lines))
    bytes[bytes.indexOf('nightly')] = 0xff
    expect(await verify(bytes)).toMatchObject({ intact: false, firstBrokenSequence: 1 })
    const endless = Buffer.alloc(17 * 1024 * 1024, 'a')
    const found = await verifyExport(linesOf(chunksOf(endless, 65_536)), null)
    expect(found).toMatchObject({ intact: false, firstBrokenSequence: 1 })
  })

  it('finds a cut tail with a checkpoint, and only with one', async () => {
    const cut = fileOf(lines.slice(0, 4))
    expect(await verify(cut)).toMatchObject({ intact: true, checkedEvents: 4 })
    expect(await verify(cut, await checkpointAt(EVENTS))).toMatchObject({ intact: false, firstBrokenSequence: 5 })
  })

  it('finds a log that was consistently rewritten before a checkpoint', async () => {
    // The same events, all hashes right, but for one detail of the second.
    const [first = events[0], ...rest] = events
    let position = { sequence: 1, hash: String(first?.hash) }
    const rewritten = rest.map((event) => {
      const { hash: _, details, occurredAt, ...fields } = event
      const changed = event.sequence === 2 ? { ...details, hint: 'kt_ak_forged' } : details
      const unhashed = { ...fields, previousHash: position.hash }
      const hash = hashOf({ ...unhashed, storedDetails: changed, occurredAt: new Date(String(occurredAt)) } as Rehashed)
      position = { sequence: event.sequence, hash }
      return { ...unhashed, occurredAt, details: changed, hash }
    })
    const forged = fileOf([first, ...rewritten])
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
  ])('refuses a checkpoint %s', async (_, change) => {
    const checkpoint = await checkpointAt(EVENTS)
    const found = await verify(fileOf(lines), { ...checkpoint, ...change(checkpoint) })
    expect(found).toMatchObject({
      intact: false,
      firstBrokenSequence: null,
      fault: expect.stringContaining('checkpoint'),
    })
  })

  it('refuses a signature that the server made for something else', async () => {
    const found = await verify(fileOf(lines), await sign(EVENTS, events.at(-1)?.hash ?? '', 'at+jwt'))
    expect(found).toMatchObject({ intact: false, fault: expect.stringContaining('checkpoint') })
  })
})

/** Signs heads as a server does. */
function signer() {
  let privateKey: CryptoKey
  let keys: CheckpointFile['keys']
  return {
    generate: async () => {
      const pair = await generateKeyPair('ES256', { extractable: true })
      privateKey = pair.privateKey
      keys = { keys: [{ kty: 'EC', ...(await exportJWK(pair.publicKey)), kid: 'k', alg: 'ES256' }] }
    },
    sign: async (sequence: number, hash: string, typ = 'keyturn-checkpoint+jws'): Promise<CheckpointFile> => {
      const signedAt = '2026-11-26T00:00:00.000Z'
      const payload = JSON.stringify({ iss: 'http://x', organization: ORGANIZATION, sequence, hash, signedAt })
      const signature = await new CompactSign(new TextEncoder().encode(payload))
        .setProtectedHeader({ alg: 'ES256', kid: 'k', typ })
        .sign(privateKey)
      return { sequence, hash, signedAt, signature, keys }
    },
  }
}
