import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BreakablePostgres, openBreakablePostgres } from '../support/breakable-postgres.ts'
import { type CutLine, openLine } from '../support/cut-line.ts'
import { postgresRuns } from '../support/engines.ts'
import { ownRedisRuns, type RedisProcess, startRedis } from '../support/redis-process.ts'
import { sendBadSockets } from './run/bad-sockets.ts'
import type { Caller } from './run/caller.ts'
import { Instances } from './run/instances.ts'
import { runFault } from './run/run-fault.ts'
import { isOverloaded, oneOf, pause, randomFor } from './run/settings.ts'

const INSTANCES = [0, 1, 2]
/** An instance that cannot see changes uses its caches for two seconds at most: this is longer. */
const LONG_MS = 3_500
/** One second is guaranteed; the rest is for a machine whose cores all start instances. */
const LONGEST_WARNING_DELAY_MS = 5_000
const JUMPING = { NODE_OPTIONS: `--import ${new URL('../support/jumping-date.mjs', import.meta.url)}` }

/** Requests that failed at two instances, without those that timed out on an overloaded machine. */
const failuresOf = ({ failedTwice }: Caller): string[] =>
  isOverloaded() ? failedTwice.filter((reason) => !/TimeoutError|UNAVAILABLE/.test(reason)) : failedTwice

describe.skipIf(!postgresRuns || !ownRedisRuns)('three instances on PostgreSQL and Redis', { timeout: 240_000 }, () => {
  const random = randomFor('three instances')
  let postgres: BreakablePostgres
  let redis: RedisProcess
  /** Between Redis and the last instance. */
  let line: CutLine
  let instances: Instances
  beforeAll(async () => {
    postgres = await openBreakablePostgres()
    redis = await startRedis()
    line = await openLine(Number(new URL(redis.url).port))
    instances = new Instances(postgres.database)
    const direct = { KEYTURN_REDIS_URL: redis.url }
    await instances.start([direct, { ...direct, ...JUMPING }, { KEYTURN_REDIS_URL: `redis://127.0.0.1:${line.port}` }])
  }, 180_000)
  afterAll(async () => {
    postgres.thaw()
    redis.thaw()
    await instances.close()
    await line.close()
    await redis.close()
    await postgres.close()
  })

  /** Starts a fault, waits, and ends it. */
  const lasting = (begin: () => unknown, end: () => unknown) => async (lastsMs: number) => {
    await begin()
    try {
      await pause(Math.max(lastsMs - 2_000, LONG_MS))
    } finally {
      await end()
    }
  }
  const again = (act: () => Promise<unknown>, pauseMs: number) => async (lastsMs: number) => {
    for (const end = performance.now() + lastsMs; performance.now() < end; await pause(pauseMs)) await act()
  }

  it.each<[string, (lastsMs: number) => Promise<unknown>]>([
    [
      'PostgreSQL crashes and starts again',
      (ms) => again(() => postgres.stop().then(() => postgres.start()), 1_500)(ms),
    ],
    [
      'PostgreSQL is stopped for a while',
      (ms) =>
        lasting(
          () => postgres.stop(),
          () => postgres.start(),
        )(ms),
    ],
    [
      'PostgreSQL does not answer for a while',
      (ms) =>
        lasting(
          () => postgres.freeze(),
          () => postgres.thaw(),
        )(ms),
    ],
    ['connections to PostgreSQL are cut', (ms) => again(() => postgres.cutConnections(), 300)(ms)],
    [
      'Redis is stopped for a while',
      (ms) =>
        lasting(
          () => redis.stop(),
          () => redis.start(),
        )(ms),
    ],
    [
      'Redis does not answer for a while',
      (ms) =>
        lasting(
          () => redis.freeze(),
          () => redis.thaw(),
        )(ms),
    ],
    [
      'the line of one of them to Redis loses every packet',
      (ms) =>
        lasting(
          () => line.silence(),
          () => line.restore(),
        )(ms),
    ],
    [
      'one of them sleeps',
      (ms) => {
        const sleeper = oneOf(random, INSTANCES)
        return lasting(
          () => instances.signal(sleeper, 'SIGSTOP'),
          () => instances.signal(sleeper, 'SIGCONT'),
        )(ms)
      },
    ],
    [
      'the clock of one of them jumps',
      (ms) =>
        lasting(
          () => instances.signal(1, 'SIGUSR2'),
          () => instances.signal(1, 'SIGUSR2'),
        )(ms),
    ],
  ])('keep every promise while %s', async (_, breakAndMend) => {
    await runFault(instances, random, breakAndMend)
  })

  it('keep every promise while they are killed one after the other, and deliver warnings soon', async () => {
    const { warningDelays } = await runFault(
      instances,
      random,
      again(async () => {
        const victim = oneOf(random, INSTANCES)
        await instances.kill(victim)
        await instances.launch(victim)
      }, 500),
    )
    if (!isOverloaded()) expect(warningDelays.filter((delay) => delay > LONGEST_WARNING_DELAY_MS)).toEqual([])
  })

  it('keep every promise while sockets come and go, never read, and send half a request', async () => {
    const { caller } = await runFault(instances, random, async (lastsMs) => {
      const stop = sendBadSockets(instances)
      await pause(lastsMs)
      await stop()
    })
    expect(failuresOf(caller)).toEqual([])
  })

  it('fail no request of a client that retries once while they are restarted one after the other', async () => {
    const codes: (number | null)[] = []
    const { caller } = await runFault(instances, random, async () => {
      for (const index of INSTANCES) codes.push(await instances.restart(index))
    })
    expect(failuresOf(caller)).toEqual([])
    expect(codes).toEqual([0, 0, 0])
  })
})
