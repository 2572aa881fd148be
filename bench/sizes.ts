// What a key and an event take, on the disk and in memory. npm run bench:sizes [-- --postgres]

import { statSync } from 'node:fs'
import { createDatabase } from '../test/support/engines.ts'
import { grouped, heading, ownerOf, printTable, startApp, wantedEngine } from './support/bench.ts'

const KEYS = 480
const AT_ONCE = 16

const engine = wantedEngine()
const database = await createDatabase(engine)
const app = await startApp(database)
const { caller, organizationId } = await ownerOf(app)
const { sources, services, verifier } = app.parts

const tables = ['keys', 'key_secrets', 'audit_events'] as const

/** Bytes of the tables with their indexes; of SQLite, of the whole file. */
const sizes = async (): Promise<number[]> => {
  if (engine === 'sqlite') {
    await sources.writing.query('PRAGMA wal_checkpoint(TRUNCATE)')
    return [statSync(database.url.slice('sqlite:'.length)).size]
  }
  await sources.writing.query('VACUUM')
  return Promise.all(
    tables.map(async (table) => {
      const [row] = await sources.writing.query(`SELECT pg_total_relation_size('${table}') AS size`)
      return Number(row.size)
    }),
  )
}

const heap = (): number => {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

const before = await sizes()
const secrets: string[] = []
for (let start = 0; start < KEYS; start += AT_ONCE)
  secrets.push(
    ...(await Promise.all(
      Array.from({ length: AT_ONCE }, async (_, offset) => {
        const name = `key ${start + offset}`
        const grants = [{ module: 'keys', role: 'VIEWER' }] as const
        return (await services.createKey.createApiKey(caller, { organizationId, name, grants })).secret
      }),
    )),
  )
const after = await sizes()
const heapBefore = heap()
for (const secret of secrets) await verifier.verify(secret, null)
const cached = (heap() - heapBefore) / KEYS

heading('Sizes', engine)
const each = after.map((size, index) => (size - (before[index] ?? 0)) / KEYS)
printTable(
  ['', 'bytes'],
  [
    ...(engine === 'sqlite'
      ? [['a key, its secret and its event', grouped(each[0] ?? 0)]]
      : tables.map((table, index) => [`a row of ${table}, with its part of the indexes`, grouped(each[index] ?? 0)])),
    ['a key in the cache', grouped(cached)],
  ],
)
await app.close()
await database.remove()
