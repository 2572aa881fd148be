import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { LoggedEvent } from '../../src/audit-chain/exported-event.ts'
import { exportLog } from '../../src/cli/audit-export/export-log.ts'
import { type ExportItem, type ExportSink, positionOf, SinkLost } from '../../src/cli/audit-export/export-sink.ts'
import type { ExportPosition } from '../../src/cli/audit-export/export-state.ts'
import { FileSink } from '../../src/cli/audit-export/file-sink.ts'
import type { KeyturnClient } from '../../src/client/client.ts'

const ORGANIZATION = 'org_0123456789abcdef0123456789abcdef'

const eventOf = (sequence: number): LoggedEvent => ({
  organizationId: ORGANIZATION,
  sequence,
  id: `evt_${sequence}`,
  type: 'KEY_CREATED',
  occurredAt: '2026-11-26T08:00:00.000Z',
  actor: { kind: 'SYSTEM', id: null, name: 'Keyturn' },
  credentialId: null,
  tokenId: null,
  targetId: null,
  targetName: null,
  details: {},
  requestId: null,
  ipAddress: null,
  userAgent: null,
  previousHash: `hash ${sequence - 1}`,
  hash: `hash ${sequence}`,
})

/** A server with these events, in pages of three. */
const clientWith = (events: readonly LoggedEvent[]): KeyturnClient => {
  const execute = async (_: unknown, { after }: { after: number }) => {
    const left = events.filter(({ sequence }) => sequence > after)
    const edges = left
      .slice(0, 3)
      .map((node) => ({ node }))
      .reverse()
    return { organization: { auditEvents: { edges, pageInfo: { hasPreviousPage: left.length > 3 } } } }
  }
  return { execute } as unknown as KeyturnClient
}

const run = async (
  events: readonly LoggedEvent[],
  start: ExportPosition | null = null,
  losses: readonly number[] = [],
) => {
  const written: number[] = []
  const notes: string[] = []
  const left = [...losses]
  const open = async (): Promise<ExportSink> => {
    let settled: ExportPosition | null = null
    return {
      write: async (items: readonly ExportItem[]) => {
        for (const { sequence } of items) {
          if (left[0] === sequence) {
            left.shift()
            throw new SinkLost('lost')
          }
          written.push(sequence)
        }
        settled = positionOf(items) ?? settled
      },
      settled: () => settled,
      close: async () => undefined,
    }
  }
  const last = await exportLog(
    {
      client: clientWith(events),
      organizationId: ORGANIZATION,
      pageSize: 3,
      follow: false,
      signal: new AbortController().signal,
      open,
      bytesOf: () => Buffer.from(''),
      onSettled: () => undefined,
      onNote: (note) => notes.push(note),
      onProgress: () => undefined,
    },
    start,
  )
  return { written, notes, last }
}

const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => eventOf(from + index))

describe('an export of the audit log', () => {
  it('writes every page, and ends at the position of the last event', async () => {
    const { written, last } = await run(upTo(1, 8))
    expect(written).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(last).toEqual({ sequence: 8, hash: 'hash 8', bytes: null })
  })

  it('reads again from the last settled event where the output is lost', async () => {
    const { written, notes } = await run(upTo(1, 8), null, [5, 8])
    expect(written).toEqual([1, 2, 3, 4, 4, 5, 6, 7, 7, 8])
    expect(notes).toEqual(['lost. Trying again.', 'lost. Trying again.'])
  })

  it('begins behind archived events, and says so', async () => {
    const { written, notes } = await run(upTo(5, 6))
    expect(written).toEqual([5, 6])
    expect(notes).toEqual(['Events 1 to 4 were archived: the export begins with event 5.'])
  })

  it('stops where the events after its position were archived', async () => {
    const start = { sequence: 2, hash: 'hash 2', bytes: null }
    await expect(run(upTo(5, 6), start)).rejects.toThrow(/archives of the server, and continue with --after 4/)
  })

  it('stops where an event is missing or does not follow the one before it', async () => {
    await expect(run([eventOf(1), eventOf(3)])).rejects.toThrow('The log has event 3 after event 1')
    await expect(run([eventOf(1), { ...eventOf(2), previousHash: 'another' }])).rejects.toThrow(
      'Event 2 does not follow the last one that was exported',
    )
    const start = { sequence: 2, hash: 'another', bytes: null }
    await expect(run(upTo(1, 4), start)).rejects.toThrow('Event 3 does not follow')
  })

  it('stops where a field of an event is withheld', async () => {
    const withheld = { ...eventOf(2), details: { withheld: ['email'] } }
    await expect(run([eventOf(1), withheld])).rejects.toThrow('an export needs audit:manager')
  })

  it('writes a file anew of which it could store nothing but where it begins', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keyturn-export-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const path = join(folder, 'log')
    const stored: ExportPosition[] = []
    const toFile = (start: ExportPosition | null, onSettled: (position: ExportPosition) => void) =>
      exportLog(
        {
          client: clientWith(upTo(1, 5)),
          organizationId: ORGANIZATION,
          pageSize: 3,
          follow: false,
          signal: new AbortController().signal,
          open: (position) => FileSink.open(path, position),
          bytesOf: ({ sequence }) => Buffer.from(`${sequence}\n`),
          onSettled,
          onNote: () => undefined,
          onProgress: () => undefined,
        },
        start,
      )
    const killed = toFile(null, (position) => {
      if (position.sequence > 0) throw new Error('killed')
      stored.push(position)
    })
    await expect(killed).rejects.toThrow('killed')
    expect(readFileSync(path, 'utf8')).toBe('1\n2\n3\n')
    const [begun = null] = stored
    await toFile(begun, () => undefined)
    expect(readFileSync(path, 'utf8')).toBe('1\n2\n3\n4\n5\n')
  })
})
