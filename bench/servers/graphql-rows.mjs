// The rows of keys and events by the raw driver, each with a statement that stays prepared, and the fields of the schema in them.

import sqlite3 from 'sqlite3'

const prepare = (database, sql) =>
  new Promise((resolve, reject) => {
    const statement = database.prepare(sql, (error) => (error === null ? resolve(run) : reject(error)))
    const run = (...parameters) =>
      new Promise((done, failed) =>
        statement.all(parameters, (error, rows) => (error === null ? done(rows) : failed(error))),
      )
  })

const cursor = (...values) => Buffer.from(JSON.stringify(values)).toString('base64url')

const statusOf = (row, now) => {
  if (row.revoked_at !== null) return 'REVOKED'
  if (row.expires_at !== null && row.expires_at <= now) return 'EXPIRED'
  return row.suspended_at === null ? 'ACTIVE' : 'SUSPENDED'
}

/** What a list of rows is with one row more than the page: a connection. */
const connectionOf = (rows, size, cursorOfRow, node) => {
  const edges = rows.slice(0, size).map((row) => ({ cursor: cursorOfRow(row), node: node(row) }))
  return { edges, pageInfo: { hasNextPage: rows.length > size, endCursor: edges.at(-1)?.cursor ?? null } }
}

const keyOf = (row, history) => ({
  __typename: row.kind === 'API_KEY' ? 'ApiKey' : 'PersonalAccessKey',
  id: row.id,
  name: row.name,
  status: statusOf(row, new Date().toISOString()),
  createdAt: new Date(row.created_at),
  expiresAt: row.expires_at === null ? null : new Date(row.expires_at),
  lastUsedAt: row.last_used_at === null ? null : new Date(row.last_used_at),
  grants: JSON.parse(row.grants),
  history,
})

const eventOf = (row) => ({
  id: row.id,
  sequence: row.sequence,
  type: row.type,
  occurredAt: new Date(row.occurred_at),
  actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
  targetId: row.target_id,
  requestId: row.request_id,
})

const KEY = 'id, kind, organization_id, name, created_at, expires_at, revoked_at, suspended_at, last_used_at, grants'
const EVENT = 'id, sequence, type, occurred_at, actor_kind, actor_id, actor_name, target_id, request_id'

/** @param {string} file a copy of the database of Keyturn */
export const openRows = async (file) => {
  const database = new sqlite3.Database(file)
  const findKey = await prepare(database, `SELECT ${KEY} FROM keys WHERE id = ?`)
  const findPage = await prepare(
    database,
    `SELECT ${KEY} FROM keys WHERE organization_id = ? AND kind = 'API_KEY' ORDER BY created_at DESC, id DESC LIMIT ?`,
  )
  const findEvents = await prepare(
    database,
    `SELECT ${EVENT} FROM audit_events WHERE organization_id = ? AND target_id = ? ORDER BY sequence DESC LIMIT ?`,
  )
  const history =
    (row) =>
    async ({ first }) =>
      connectionOf(
        await findEvents(row.organization_id, row.id, first + 1),
        first,
        (event) => cursor('audit', event.sequence),
        eventOf,
      )
  const key = async ({ id }) => {
    const [row] = await findKey(id)
    return row === undefined ? null : keyOf(row, history(row))
  }
  const apiKeys =
    (organizationId) =>
    async ({ first }) =>
      connectionOf(
        await findPage(organizationId, first + 1),
        first,
        (row) => cursor('keys:CREATED_AT:DESC', row.created_at, row.id),
        (row) => keyOf(row, history(row)),
      )
  return { key, organization: ({ id }) => ({ id, apiKeys: apiKeys(id) }) }
}
