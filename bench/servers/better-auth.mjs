// better-auth with its API key plugin. Its verification is not served over HTTP by itself, so node:http calls it. The body is
// JSON and not a form, as its own clients send it. Without the default of 10 verifications a day for each key.

import { join } from 'node:path'
import { apiKey } from '@better-auth/api-key'
import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { getMigrations } from 'better-auth/db/migration'
import { SqliteDialect } from 'kysely'
import Database from 'libsql'
import { input, serve } from './http.mjs'

const { storage, directory } = await input()

const openDatabase = () => {
  if (storage === 'memory') return memoryAdapter({ user: [], session: [], account: [], verification: [], apikey: [] })
  const database = new Database(join(directory, `better-auth-${storage}.db`))
  if (storage === 'wal') database.pragma('journal_mode = WAL')
  return { dialect: new SqliteDialect({ database }), type: 'sqlite' }
}

const options = {
  database: openDatabase(),
  baseURL: 'http://127.0.0.1',
  secret: 'a-secret-of-the-benchmark-alone-and-long-enough',
  emailAndPassword: { enabled: true },
  telemetry: { enabled: false },
  plugins: [apiKey({ rateLimit: { enabled: true, timeWindow: 86_400_000, maxRequests: 1_000_000_000 } })],
}
if (storage !== 'memory') await (await getMigrations(options)).runMigrations()
const auth = betterAuth(options)
const { user } = await auth.api.signUpEmail({
  body: { name: 'bench', email: 'bench@example.com', password: 'a-password-of-the-benchmark' },
})
const { key } = await auth.api.createApiKey({ body: { name: 'bench', userId: user.id } })
console.log(`key ${key}`)
serve(async (_request, body) => {
  const answer = await auth.api.verifyApiKey({ body: JSON.parse(body) })
  if (!answer.valid) throw new Error(JSON.stringify(answer))
  return answer
})
