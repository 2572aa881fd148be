import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Writer } from '../../src/persistence/database.ts'
import { ENGINES, ON_POSTGRES } from '../support/engines.ts'
import { type OpenDatabase, openDatabase } from '../support/open-database.ts'

type Row = Record<string, unknown>

const UNFILLED: Record<string, unknown> = { bigint: 0, boolean: false, varchar: '-', text: '-' }

/** A row that says what it must of its index, and something of every other column that must be filled. */
const insert =
  ({ sources }: OpenDatabase, table: string, row: Row) =>
  (writer: Writer) => {
    const { columns } = sources.writing.getMetadata(table)
    const required = columns.filter(({ isNullable }) => !isNullable)
    const filled = Object.fromEntries(required.map(({ databaseName, type }) => [databaseName, UNFILLED[String(type)]]))
    const values = { ...filled, ...row }
    return writer.query(
      `INSERT INTO ${table} (${Object.keys(values)}) VALUES (${Object.keys(values).map(() => '?')})`,
      Object.values(values),
    )
  }

describe.each(ENGINES)('a race that a unique index decides on %s', (engine) => {
  let open: OpenDatabase
  beforeAll(async () => {
    open = await openDatabase(engine)
  })
  afterAll(() => open.close())

  it.each<[string, string, Row]>([
    ['An active key already has this name', 'keys', { name_scope: 'org_1', active_name: 'deploy' }],
    ['This slug is already in use here', 'organizations', { slug_scope: 'root', slug: 'a' }],
    ['A project of this organization already has this slug', 'projects', { organization_id: 'org_1', slug: 'a' }],
    ['A module already has this name', 'modules', { organization_id: 'org_1', name: 'build' }],
    ['This person is already a member', 'members', { organization_id: 'org_1', user_id: 'usr_1' }],
    ['Another user already has this e-mail address', 'users', { email: 'a@example.com' }],
  ])('is CONFLICT: %s', async (message, table, row) => {
    const rows = ['first', 'second'].map((id) => open.database.write(insert(open, table, { id, ...row })))
    const outcomes = await Promise.allSettled(rows)
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const refused = outcomes.find((outcome) => outcome.status === 'rejected')
    expect(refused?.reason).toMatchObject({
      name: 'KeyturnError',
      code: 'CONFLICT',
      message: expect.stringContaining(message),
    })
  })

  it('is an internal error for an id', async () => {
    await open.database.write(insert(open, 'users', { id: 'same', email: 'one@example.com' }))
    await expect(
      open.database.write(insert(open, 'users', { id: 'same', email: 'two@example.com' })),
    ).rejects.toMatchObject({ name: 'QueryFailedError' })
  })
})

it.each(ON_POSTGRES)('a PostgreSQL server with another language reports conflicts, too', async () => {
  const open = await openDatabase('postgres')
  const inGerman = (writer: Writer) =>
    writer.query(`DO $$ BEGIN
      RAISE EXCEPTION 'doppelter Schlüsselwert verletzt Unique-Constraint »users_email«'
      USING ERRCODE = 'unique_violation', TABLE = 'users', CONSTRAINT = 'users_email',
      DETAIL = 'Schlüssel »(email)=(a@example.com)« existiert bereits.'; END $$`)
  await expect(open.database.write(inGerman)).rejects.toMatchObject({ code: 'CONFLICT' })
  await open.close()
})
