import { execFile } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exportedEvent } from '../../src/audit-chain/exported-event.ts'
import { makeBackup } from '../../src/backup/make-backup.ts'
import { restoreBackup } from '../../src/backup/restore-backup.ts'
import { AuditCheckpointDocument } from '../../src/generated/graphql.ts'
import { MODEL } from '../../src/model.ts'
import { type ArchivingApp, bootArchiving } from '../support/archiving.ts'
import { historyOf } from '../support/audit-chain.ts'
import { boot } from '../support/boot.ts'
import { createDatabase, ENGINES } from '../support/engines.ts'
import { compiled } from '../support/server-process.ts'
import { type Target, victimOf } from '../support/tampering.ts'

const run = promisify(execFile)

describe.each(ENGINES)('a log whose old events were archived, on %s', (engine) => {
  let app: ArchivingApp
  let old: Target
  const directory = mkdtempSync(join(tmpdir(), 'keyturn-archived-'))
  const fileOf = (name: string) => join(directory, name)
  beforeAll(async () => {
    app = await bootArchiving(engine)
    old = await victimOf(app, ['one', 'two'])
    await app.age(old.id, 40)
    await app.keep(old.id, 'P30D')
    await app.archive()
    const [[, archive] = ['', '']] = Object.entries(app.files(old.id))
    writeFileSync(fileOf('archive.ndjson'), archive)
    const left = await historyOf(app.owner, old.id)
    const lines = left.map((event) => JSON.stringify(exportedEvent({ ...event, organizationId: old.id })))
    writeFileSync(fileOf('left.ndjson'), `${lines.join('\n')}\n`)
    const { organization } = await app.owner.run(AuditCheckpointDocument, { organizationId: old.id })
    const keys = await (await fetch(`${app.url}/.well-known/keyturn/checkpoint-keys`)).json()
    const base = organization?.auditRetention?.base
    writeFileSync(fileOf('checkpoint.json'), JSON.stringify({ ...organization?.auditCheckpoint, base, keys }))
    writeFileSync(
      fileOf('forged.json'),
      JSON.stringify({ ...organization?.auditCheckpoint, base: { ...base, sequence: 5 }, keys }),
    )
  })
  afterAll(() => app.close())

  const keyturn = (...args: string[]) =>
    run(process.execPath, [...compiled('cli/keyturn'), ...args], {
      env: { ...process.env, KEYTURN_SERVER: app.url, KEYTURN_KEY: app.ownerSecret },
    }).catch((error: { stdout: string; stderr: string }) => error)
  const verify = async (...args: string[]) => {
    const paths = args.map((arg) => (arg.startsWith('--') ? arg : fileOf(arg)))
    const { stdout, stderr } = await keyturn('audit', 'verify', ...paths)
    return stdout + stderr
  }

  it('verifies offline as one chain with its archives, in whatever order they are named', async () => {
    expect(await verify('left.ndjson', 'archive.ndjson')).toContain('Intact: 6 events')
    expect(await verify('archive.ndjson', 'left.ndjson', '--checkpoint', 'checkpoint.json')).toContain(
      'Intact: 6 events',
    )
  })

  it('is not intact offline without its archive, unless a checkpoint has the signed base', async () => {
    expect(await verify('left.ndjson')).toContain('their archive is needed too')
    const found = await verify('left.ndjson', '--checkpoint', 'checkpoint.json')
    expect(found).toContain('Intact: 2 events')
    expect(found).toContain('Events 1 to 4 were archived')
    expect(await verify('left.ndjson', '--checkpoint', 'forged.json')).toContain('The checkpoint is not valid')
  })

  it('is exported from its base on, and not from before it', async () => {
    const exported = await keyturn('audit', 'export', '--organization', old.id)
    expect(exported.stderr).toContain('Events 1 to 4 were archived')
    writeFileSync(fileOf('exported.ndjson'), exported.stdout)
    expect(await verify('archive.ndjson', 'exported.ndjson')).toContain('Intact: 6 events')
    const { stderr } = await keyturn('audit', 'export', '--organization', old.id, '--after', '2')
    expect(stderr).toContain('take the events between from the archives')
  })

  it.each(['sqlite', 'postgres'] as const)('is backed up, and restored into %s with its base', async (kind) => {
    const target = await createDatabase(kind)
    const file = fileOf(`backup-${kind}`)
    const made = await makeBackup(app.app.parts.sources, file, MODEL, app.clock.now())
    expect(await restoreBackup(file, target.url, MODEL)).toEqual(made)
    const restored = await boot({ database: target, clock: app.clock, env: { KEYTURN_PUBLIC_URL: app.publicUrl } })
    const owner = restored.anonymous.with(app.ownerSecret)
    const { data } = await owner.send(
      `{ organization(id: "${old.id}") { auditVerification { intact baseSequence checkedEvents } } }`,
    )
    expect(data).toEqual({ organization: { auditVerification: { intact: true, baseSequence: 4, checkedEvents: 2 } } })
    await restored.stop()
    await target.remove()
  })
})
