// How long a revoked key is accepted by another instance, by the state of Redis: npm run bench:revocation

import { createDatabase } from '../test/support/engines.ts'
import { startRedis } from '../test/support/redis-process.ts'
import { heading, ownerOf, printTable, startApp } from './support/bench.ts'
import { percentile } from './support/percentile.ts'

const REVOCATIONS = 100
const GOAL_P99_MS = 250
/** Longest time from the fault to the revocation: also longer than it takes to notice the fault. */
const LONGEST_PAUSE_MS = 300

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const database = await createDatabase('postgres')
const redis = await startRedis()
const env = { KEYTURN_REDIS_URL: redis.url }
const here = await startApp(database, env)
const there = await startApp(database, env)
const { caller, organizationId } = await ownerOf(here)

const untilConnected = async () => {
  while (!there.parts.feed.connected || !here.parts.feed.connected) await pause(1)
}

/** Milliseconds from the acknowledgement of a revocation to the begin of the last verification that accepted the key. */
const revokeOnce = async (name: string, breakRedis: () => unknown, mendRedis: () => unknown): Promise<number> => {
  await untilConnected()
  const { createKey, revokeKey } = here.parts.services
  const { key, secret } = await createKey.createApiKey(caller, { organizationId, name, grants: [] })
  await there.parts.verifier.verify(secret, null)
  await breakRedis()
  await pause(Math.random() * LONGEST_PAUSE_MS)
  await revokeKey.revoke(caller, { id: key.id })
  const revokedAt = performance.now()
  for (let acceptedFor = 0; ; await pause(1)) {
    const askedAfter = performance.now() - revokedAt
    if (!(await there.parts.verifier.verify(secret, null)).valid) {
      await mendRedis()
      return acceptedFor
    }
    acceptedFor = askedAfter
  }
}

heading('From a revocation to its refusal by another instance', 'postgres')
const rows: string[][] = []
for (const [state, breakRedis, mendRedis] of [
  ['answers', () => undefined, () => undefined],
  ['is suspended', () => redis.freeze(), () => redis.thaw()],
  ['is stopped', () => redis.stop(), () => redis.start()],
] as const) {
  const samples: number[] = []
  for (let number = 0; number < REVOCATIONS; number += 1)
    samples.push(await revokeOnce(`${state} ${number}`, breakRedis, mendRedis))
  const p99 = percentile(samples, 0.99)
  if (p99 > GOAL_P99_MS) process.exitCode = 1
  rows.push([state, ...[percentile(samples, 0.5), p99, Math.max(...samples)].map((value) => value.toFixed(1))])
}
printTable(['Redis', 'p50 (ms)', 'p99 (ms)', 'longest (ms)'], rows)
await there.close()
await here.close()
await redis.close()
await database.remove()
