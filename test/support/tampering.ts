import { Client } from 'pg'
import sqlite from 'sqlite3'
import { CreateApiKeyDocument, CreateOrganizationDocument } from '../../src/generated/graphql.ts'
import { newId } from '../../src/kernel/ids.ts'
import { historyOf, type PublicEvent, publicHash } from './audit-chain.ts'
import type { TestApp } from './boot.ts'
import type { TestDatabase } from './engines.ts'

const GUARDED = ['audit_events', 'audit_bases', 'audit_checkpoints', 'checkpoint_keys']

/** Runs statements past the service and past the triggers that guard the history, as somebody with the disk or the superuser can. */
export const tamperWith = (database: TestDatabase, statements: readonly string[]): Promise<void> =>
  database.engine === 'sqlite' ? withFile(database, statements) : withSuperuser(database, statements)

const withFile = async ({ url }: TestDatabase, statements: readonly string[]): Promise<void> => {
  const file = new sqlite.Database(url.slice('sqlite:'.length))
  try {
    file.configure('busyTimeout', 5_000)
    const triggers = await triggersOf(file)
    await run(file, [
      'BEGIN IMMEDIATE',
      ...triggers.map(({ name }) => `DROP TRIGGER ${name}`),
      ...statements,
      ...triggers.map(({ sql }) => sql),
      'COMMIT',
    ])
  } finally {
    await new Promise((resolve) => file.close(resolve))
  }
}

const run = (file: sqlite.Database, statements: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) =>
    file.exec(statements.join(';\n'), (error) => (error === null ? resolve() : reject(error))),
  )

const triggersOf = (file: sqlite.Database): Promise<{ name: string; sql: string }[]> =>
  new Promise((resolve, reject) =>
    file.all<{ name: string; sql: string }>(
      `SELECT name, sql FROM sqlite_master
       WHERE type = 'trigger' AND tbl_name IN (${GUARDED.map((table) => `'${table}'`)})`,
      (error, rows) => (error === null ? resolve(rows) : reject(error)),
    ),
  )

const withSuperuser = async ({ url }: TestDatabase, statements: readonly string[]): Promise<void> => {
  const client = new Client(url)
  await client.connect()
  try {
    for (const statement of [
      'BEGIN',
      ...GUARDED.map((table) => `ALTER TABLE ${table} DISABLE TRIGGER USER`),
      ...statements,
      ...GUARDED.map((table) => `ALTER TABLE ${table} ENABLE TRIGGER USER`),
      'COMMIT',
    ])
      await client.query(statement)
  } finally {
    await client.end()
  }
}

/** An organization whose history is tampered with. */
export interface Target {
  readonly id: string
  readonly events: readonly PublicEvent[]
  /** The condition that finds an event's row. */
  at(sequence: number): string
  hash(sequence: number): string
}

/** A new organization, whose log has an event for itself, one for its owner, and one for each key that is named. */
export const victimOf = async (app: Pick<TestApp, 'owner'>, names: readonly string[]): Promise<Target> => {
  const { createOrganization } = await app.owner.run(CreateOrganizationDocument, { input: { name: 'Victim' } })
  const { id } = createOrganization.organization
  for (const name of names)
    await app.owner.run(CreateApiKeyDocument, { input: { organizationId: id, name, grants: [] } })
  const events = await historyOf(app.owner, id)
  return {
    id,
    events,
    at: (sequence) => `organization_id = '${id}' AND sequence = ${sequence}`,
    hash: (sequence) => events[sequence - 1]?.hash ?? '',
  }
}

/** Deletes the events behind a sequence and has the log end there. */
export const cutTail = (target: Target, sequence: number): string[] => [
  `DELETE FROM audit_events WHERE organization_id = '${target.id}' AND sequence > ${sequence}`,
  setHead(target, sequence, target.hash(sequence)),
]

const COLUMNS = [
  'organization_id',
  'sequence',
  'id',
  'type',
  'occurred_at',
  'actor_kind',
  'actor_id',
  'actor_name',
  'target_id',
  'target_name',
  'details',
  'request_id',
  'ip_address',
  'user_agent',
  'previous_hash',
  'hash',
  'credential_id',
  'token_id',
]

/** A copy of an event as another one. */
export const forge = (target: Target, from: number, values: Record<string, string>): string => {
  const replaced: Record<string, string> = { id: `'${newId('event')}'`, ...values }
  const selected = COLUMNS.map((column) => replaced[column] ?? column)
  return `INSERT INTO audit_events (${COLUMNS}) SELECT ${selected} FROM audit_events WHERE ${target.at(from)}`
}

/** Moves the events from one on by so many places. */
export const shift = (target: Target, from: number, by: number): string[] => [
  `UPDATE audit_events SET sequence = sequence + 1000 WHERE organization_id = '${target.id}' AND sequence >= ${from}`,
  `UPDATE audit_events SET sequence = sequence - 1000 + ${by} WHERE organization_id = '${target.id}' AND sequence >= 1000`,
]

/** Puts two events into each other's place. */
export const swap = (target: Target, left: number, right: number): string[] => [
  `UPDATE audit_events SET sequence = 1000 WHERE ${target.at(left)}`,
  `UPDATE audit_events SET sequence = ${left} WHERE ${target.at(right)}`,
  `UPDATE audit_events SET sequence = ${right} WHERE ${target.at(1000)}`,
]

/** An event whose hash matches its content and its place in the chain. */
export const rehash = (target: Target, sequence: number, change: Partial<PublicEvent>): PublicEvent => {
  const event = target.events[sequence - 1]
  if (event === undefined) throw new Error(`There is no event ${sequence}.`)
  const changed = { ...event, ...change }
  return { ...changed, hash: publicHash(changed, target.id) }
}

/** Has the history end somewhere else. */
export const setHead = (target: Target, sequence: number, hash: string): string =>
  `UPDATE audit_heads SET sequence = ${sequence}, hash = '${hash}' WHERE organization_id = '${target.id}'`
