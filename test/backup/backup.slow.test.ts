import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import type { BackupHeader, BackupRow } from '../../src/backup/backup-format.ts'
import { makeBackup } from '../../src/backup/make-backup.ts'
import { restoreBackup } from '../../src/backup/restore-backup.ts'
import { writeBackup } from '../../src/backup/write-backup.ts'
import {
  AuditVerificationDocument,
  CreateProjectDocument,
  RevokeKeyDocument,
  RotateKeyDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { MODEL } from '../../src/model.ts'
import { closeDataSources, type Model, openDataSources } from '../../src/persistence/data-source.ts'
import { migrate } from '../../src/persistence/migrate.ts'
import { boot, useApp } from '../support/boot.ts'
import { createDatabase, ENGINES, type TestDatabase } from '../support/engines.ts'
import { tamperWith } from '../support/tampering.ts'

/** The columns of each table of a model, as its migrations make them. */
const columnsOf = async (model: Model): Promise<Map<string, Set<string>>> => {
  const scratch = await createDatabase('sqlite')
  const sources = await openDataSources(scratch.url, model)
  try {
    await migrate(sources)
    const rows: { table_name: string; name: string }[] = await sources.reading.query(
      `SELECT m.name AS table_name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'`,
    )
    const columns = new Map<string, Set<string>>()
    for (const { table_name, name } of rows) columns.set(table_name, (columns.get(table_name) ?? new Set()).add(name))
    return columns
  } finally {
    await closeDataSources(sources)
    await scratch.remove()
  }
}

/** A backup without the tables and columns that an older version did not have. */
const asWrittenBy = (columns: Map<string, Set<string>>, { migrations }: Model, text: string): string => {
  const [first = '', ...rest] = text.trimEnd().split('\n')
  const header: BackupHeader = JSON.parse(first)
  const kept = header.tables.filter(({ name }) => columns.has(name))
  const tables = kept.map((table) => ({
    name: table.name,
    columns: table.columns.filter((column) => columns.get(table.name)?.has(column)),
  }))
  const rows = rest.slice(0, -1).flatMap((line) => {
    const [position, values]: BackupRow = JSON.parse(line)
    const table = header.tables[position]
    if (table === undefined || !columns.has(table.name)) return []
    const own = values.filter((_, index) => columns.get(table.name)?.has(table.columns[index] ?? ''))
    return [JSON.stringify([kept.indexOf(table), own])]
  })
  const head = { ...header, migrations: migrations.map(({ name }) => name), tables }
  const body = `${[JSON.stringify(head), ...rows].join('\n')}\n`
  const sha256 = createHash('sha256').update(body).digest('hex')
  return `${body}${JSON.stringify({ rows: rows.length, sha256 })}\n`
}

const NOW = new Date('2026-01-02T03:04:05.678Z')

describe.each(ENGINES)('a backup of %s', (engine) => {
  const app = useApp({ engine })

  /** Some of everything: keys in several states, a tenant, a person, refusals. */
  const fill = async () => {
    const { organizationId } = app
    const rotated = await app.apiKey({ name: 'rotated "ключ"', metadata: { a: [1, true, null] }, expiresIn: 'P30D' })
    await app.owner.run(RotateKeyDocument, { input: { id: rotated.id } })
    const revoked = await app.apiKey({ allowedIps: ['10.0.0.0/8'] })
    await app.owner.run(RevokeKeyDocument, { input: { id: revoked.id } })
    await app.owner.run(CreateProjectDocument, { input: { organizationId, name: 'Apps', slug: 'apps' } })
    await app.person('Ann', [{ module: 'keys', role: 'VIEWER' }])
    await app.stranger()
    return { rotated, revoked }
  }
  let filled: Awaited<ReturnType<typeof fill>>
  beforeAll(async () => {
    filled = await fill()
  })
  const fileOf = (name: string) => join(app.database.directory, name)
  const back = (name: string) => makeBackup(app.app.parts.sources, fileOf(name), MODEL, NOW)
  const restoreTo = (target: TestDatabase, name: string) => restoreBackup(fileOf(name), target.url, MODEL)
  const inNew = async <T>(kind: 'sqlite' | 'postgres', work: (target: TestDatabase) => Promise<T>): Promise<T> => {
    const target = await createDatabase(kind)
    try {
      return await work(target)
    } finally {
      await target.remove()
    }
  }
  const works = async (client: typeof app.owner) => (await client.try(ViewerDocument, {})).errors === undefined

  it.each([...new Set(['sqlite', engine] as const)])(
    'can be restored into a new database on %s, and the service continues',
    async (kind) => {
      const { rotated, revoked } = filled
      const made = await back(`whole-${kind}`)
      expect(made).toMatchObject({ createdAt: NOW, verifiedLogs: 2 })
      await inNew(kind, async (target) => {
        expect(await restoreTo(target, `whole-${kind}`)).toEqual(made)
        const restored = await boot({ database: target, env: { KEYTURN_PUBLIC_URL: app.publicUrl } })
        try {
          const owner = restored.anonymous.with(app.ownerSecret)
          expect(await works(owner)).toBe(true)
          expect(await works(restored.anonymous.with(rotated.secret))).toBe(true)
          expect(await works(restored.anonymous.with(revoked.secret))).toBe(false)
          const { organization } = await owner.run(AuditVerificationDocument, {
            organizationId: app.organizationId,
          })
          expect(organization?.auditVerification).toMatchObject({ intact: true, firstBrokenSequence: null })
        } finally {
          await restored.stop()
        }
      })
    },
  )

  it('is one snapshot while the service keeps writing, and only its owner can read it', async () => {
    let writing = true
    const writer = (async () => {
      while (writing) await app.apiKey()
    })()
    try {
      for (const name of ['busy-1', 'busy-2']) await back(name)
    } finally {
      writing = false
      await writer
    }
    expect(statSync(fileOf('busy-1')).mode & 0o777).toBe(0o600)
    expect(readdirSync(app.database.directory).filter((name) => name.includes('partial'))).toEqual([])
  })

  it('is refused if its audit log is not intact, and leaves no file', async () => {
    await tamperWith(app.database, [
      `UPDATE audit_events SET actor_name = 'Somebody else' WHERE sequence = 2 AND organization_id = '${app.organizationId}'`,
    ])
    await expect(back('tampered')).rejects.toThrow(/audit log of org_.* event 2 /)
    expect(existsSync(fileOf('tampered'))).toBe(false)
  })
})

describe('a backup file', () => {
  const app = useApp()
  const fileOf = (name: string) => join(app.database.directory, name)
  const write = async (name: string) => {
    await writeBackup(app.app.parts.sources, fileOf(name), NOW)
    return gunzipSync(readFileSync(fileOf(name))).toString()
  }
  /** Restores a changed copy of a backup; returns what is said of it, and whether the target stayed empty. */
  const restoreChanged = async (name: string, change: (text: string) => string) => {
    writeFileSync(fileOf(`${name}-changed`), gzipSync(change(await write(name))))
    return restore(`${name}-changed`)
  }
  const restore = async (name: string) => {
    const target = await createDatabase('sqlite')
    try {
      await restoreBackup(fileOf(name), target.url, MODEL)
      return 'restored'
    } catch (error) {
      // All or nothing: what is left is as good as new.
      await restoreBackup(await unharmed(), target.url, MODEL)
      return (error as Error).message
    } finally {
      await target.remove()
    }
  }
  let good: string | undefined
  const unharmed = async () => {
    if (good === undefined) {
      good = fileOf('good')
      await writeBackup(app.app.parts.sources, good, NOW)
    }
    return good
  }

  it.each<[string, (text: string) => string, RegExp]>([
    ['a changed value', (text) => text.replace('owner@localhost', 'other@localhost'), /checksum/],
    ['a missing row', (text) => text.split('\n').toSpliced(3, 1).join('\n'), /checksum/],
    ['a missing end', (text) => text.split('\n').slice(0, -2).join('\n'), /its end is missing/],
    ['something behind the end', (text) => `${text}[0,[]]\n`, /something follows/],
    ['a row that does not fit', (text) => text.replace(/\n\[(\d+),\[/, '\n[$1,["more",'), /does not fit its table/],
    ['another header', () => '{"hello":"world"}\n', /not a backup of Keyturn/],
    ['a version of the format to come', (text) => text.replace('"version":1', '"version":2'), /version 2/],
    ['a migration to come', (text) => text.replace('"migrations":["', '"migrations":["Later9","'), /newer version/],
  ])('with %s is rejected, and nothing of it is restored', async (name, change, message) => {
    expect(await restoreChanged(name.replaceAll(' ', '-'), change)).toMatch(message)
  })

  it('that is truncated, not gzip, or missing is rejected with the reason', async () => {
    await write('cut')
    writeFileSync(fileOf('cut-short'), readFileSync(fileOf('cut')).subarray(0, 500))
    expect(await restore('cut-short')).toMatch(/cut off/)
    writeFileSync(fileOf('text'), 'no gzip')
    expect(await restore('text')).toMatch(/not a gzip file/)
    expect(await restore('nowhere')).toMatch(/There is no file/)
  })

  it('is not restored into a database with data, and does not replace another file', async () => {
    await write('first')
    await expect(restoreBackup(fileOf('first'), app.database.url, MODEL)).rejects.toThrow(/not empty/)
    await expect(makeBackup(app.app.parts.sources, fileOf('first'), MODEL, NOW)).rejects.toThrow(/exists already/)
  })

  it('of an older version is restored, and then migrated', async () => {
    const newest = 'TokenOrganizations1764000500000'
    const names = MODEL.migrations.map(({ name }) => name)
    const older = { ...MODEL, migrations: MODEL.migrations.slice(0, names.indexOf(newest)) }
    const text = asWrittenBy(await columnsOf(older), older, await write('new'))
    writeFileSync(fileOf('old'), gzipSync(text))
    const target = await createDatabase('sqlite')
    try {
      expect((await restoreBackup(fileOf('old'), target.url, MODEL)).verifiedLogs).toBe(1)
      const restored = await boot({ database: target })
      expect((await restored.anonymous.with(app.ownerSecret).run(ViewerDocument, {})).viewer?.kind).toBe('USER')
      await restored.stop()
    } finally {
      await target.remove()
    }
  })

  it('contains no master key and no secret', async () => {
    const key = await app.apiKey()
    const text = await write('secrets')
    expect(text).not.toContain(key.secret)
    expect(text).not.toContain(app.ownerSecret)
    expect(text).not.toContain('AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')
  })
})
