// The rows of createApiKey by the raw driver behind node:http. Requests that wait together share one transaction, with one
// statement for each table, as in Keyturn.

import { randomBytes, randomUUID } from 'node:crypto'
import { input, NO_STORE, serve, sha256 } from './http.mjs'
import { openPostgres, openSqlite } from './raw-writers.mjs'

const { database, answer } = await input()
const LARGEST_GROUP = 128

const writer = database.startsWith('postgres:') ? await openPostgres(database) : await openSqlite(database)
const template = {
  keys: await writer.first("SELECT * FROM keys WHERE kind = 'API_KEY' LIMIT 1"),
  key_secrets: await writer.first('SELECT * FROM key_secrets LIMIT 1'),
  audit_events: await writer.first(
    "SELECT * FROM audit_events WHERE type = 'KEY_CREATED' ORDER BY sequence DESC LIMIT 1",
  ),
}
const organization = template.audit_events.organization_id
const newest = await writer.first('SELECT MAX(sequence) AS sequence FROM audit_events')
const state = { sequence: Number(newest.sequence), hash: template.audit_events.hash }

const newId = (prefix) => `${prefix}_${randomUUID().replaceAll('-', '')}`

const rowsOf = (name) => {
  const now = new Date().toISOString()
  const id = newId('key')
  const secret = `kt_ak_${randomBytes(32).toString('base64url')}`
  const previous_hash = state.hash
  const event = { id: newId('evt'), sequence: ++state.sequence, occurred_at: now, target_id: id, target_name: name }
  const hash = sha256(JSON.stringify({ ...template.audit_events, ...event, previous_hash }))
  state.hash = hash
  return {
    secret,
    keys: { ...template.keys, id, name, active_name: name, search_text: name, created_at: now, lifetime_from: now },
    key_secrets: { ...template.key_secrets, id: newId('sec'), key_id: id, hash: sha256(secret), created_at: now },
    audit_events: { ...template.audit_events, ...event, previous_hash, hash },
  }
}

const insertAll = async (group) => {
  await writer.begin()
  for (const table of Object.keys(template))
    await writer.insert(
      table,
      group.map(({ rows }) => rows[table]),
    )
  await writer.saveHead(organization, state, group.at(-1).rows.audit_events.occurred_at)
  await writer.commit()
}

const waiting = []
let draining = false

const drain = async () => {
  draining = true
  while (waiting.length > 0) {
    const group = waiting.splice(0, LARGEST_GROUP)
    await insertAll(group)
    for (const { done } of group) done()
  }
  draining = false
}

serve((request, body) => {
  const { variables } = JSON.parse(body)
  const caller = sha256((request.headers.authorization ?? '').slice('Bearer '.length))
  if (caller === undefined) throw new Error('Unknown caller.')
  const rows = rowsOf(variables.input.name)
  return new Promise((resolve) => {
    const apiKey = { ...answer.data.createApiKey.apiKey, id: rows.keys.id }
    waiting.push({ rows, done: () => resolve({ data: { createApiKey: { secret: rows.secret, apiKey } } }) })
    if (!draining) void drain()
  })
}, NO_STORE)
