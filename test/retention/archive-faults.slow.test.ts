import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database, Writer } from '../../src/persistence/database.ts'
import { ArchiveDirectory, type ArchiveFile } from '../../src/retention/archive-directory.ts'
import { LogArchiver, type LogArchiverParts } from '../../src/retention/log-archiver.ts'
import { type ArchivingApp, bootArchiving } from '../support/archiving.ts'
import { ENGINES } from '../support/engines.ts'
import { type Target, victimOf } from '../support/tampering.ts'

class Crash extends Error {}

const STEPS = ['target', 'file', 'page', 'rename', 'base', 'deletion', 'end of the deletion']
const RENAME = STEPS.indexOf('rename') + 1
const CASES = STEPS.flatMap((name, index) => [
  ['before', index + 1, name] as const,
  ['after', index + 1, name] as const,
])

const SIGNAL = new AbortController().signal

/** Counts the steps that have an effect outside of the process, and ends the process's work before or after one of them. */
class Steps {
  count = 0
  private readonly at: number
  private readonly when: 'before' | 'after'
  private over = false

  constructor(at: number, when: 'before' | 'after') {
    this.at = at
    this.when = when
  }

  async step<T>(run: () => Promise<T>): Promise<T> {
    // A process that died does nothing more, its own cleaning up included.
    if (this.over) throw new Crash()
    this.count += 1
    this.over = this.count === this.at
    if (this.over && this.when === 'before') throw new Crash()
    const result = await run()
    if (this.over) throw new Crash()
    return result
  }
}

const mortalFile = (file: ArchiveFile, steps: Steps): ArchiveFile =>
  ({
    write: (text: string) => steps.step(() => file.write(text)),
    finish: () => steps.step(() => file.finish()),
    discard: () => steps.step(() => file.discard()),
  }) as ArchiveFile

describe.each(ENGINES)('an instance that dies while it archives on %s', (engine) => {
  let app: ArchivingApp
  let old: Target
  const logs: Target[] = []
  beforeAll(async () => {
    app = await bootArchiving(engine)
    for (const _ of CASES) {
      const log = await victimOf(app, ['one', 'two'])
      await app.age(log.id, 0)
      logs.push(log)
    }
    app.clock.advance(40 * 86_400)
  })
  afterAll(() => app.close())

  const partsWith = (steps: Steps): LogArchiverParts => {
    const { services, log, baseSigner: signer } = app.app.parts
    const directory = new ArchiveDirectory(app.archiveDirectory)
    const { clock } = app
    const database = {
      engine,
      read: services.database.read.bind(services.database),
      write: <T>(work: (writer: Writer) => Promise<T>) => steps.step(() => services.database.write(work)),
    } as unknown as Database
    return {
      database,
      clock,
      log,
      signer,
      directory: {
        create: async (range) => mortalFile(await steps.step(() => directory.create(range)), steps),
        remove: (range) => steps.step(() => directory.remove(range)),
      },
    }
  }
  const work = async (steps: Steps) => {
    const archiver = new LogArchiver(partsWith(steps))
    await archiver.archive(old.id, SIGNAL)
    await archiver.deleteRows(old.id, SIGNAL)
  }
  const expectArchived = async () => {
    expect(Object.keys(app.files(old.id)).filter((name) => !name.includes('partial'))).toEqual([
      '000000000001-000000000004.ndjson',
    ])
    expect(Object.values(app.files(old.id))[0]?.split('\n')).toHaveLength(5)
    expect(await app.rows(old.id)).toBe(2)
    expect(await app.verification(old.id)).toMatchObject({ intact: true, baseSequence: 4, checkedEvents: 2 })
  }

  it.each(CASES)('loses nothing %s step %i (%s), and the next one completes the archive', async (when, step) => {
    old = logs.pop() ?? old
    await app.keep(old.id, 'P30D')
    await expect(work(new Steps(step, when))).rejects.toThrow(Crash)
    const isOnDisk = Object.keys(app.files(old.id)).some((name) => name.endsWith('.ndjson'))
    expect(isOnDisk).toBe(step > RENAME || (step === RENAME && when === 'after'))
    if (!isOnDisk) expect(await app.rows(old.id)).toBe(5)
    expect(await app.verification(old.id)).toMatchObject({ intact: true })
    await app.archive()
    await expectArchived()
  })
})
