import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  EndSessionsDocument,
  KeyEventsDocument,
  RevokeKeyDocument,
  SessionsDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { ConsoleClient, signIn } from '../support/console.ts'
import { postgresRuns, REDIS_URL, redisRuns } from '../support/engines.ts'
import { grant } from '../support/people.ts'
import { sessionEvents } from '../support/session-events.ts'
import { untilLive } from '../support/transports.ts'

const WAYS = [
  ['through Redis', { KEYTURN_PUBLIC_URL: 'http://keyturn.test', KEYTURN_REDIS_URL: REDIS_URL }],
  ['through the database alone', { KEYTURN_PUBLIC_URL: 'http://keyturn.test' }],
] as const

describe.skipIf(!postgresRuns || !redisRuns).each(WAYS)('a session on two instances that communicate %s', (_, env) => {
  let first: TestApp
  let second: TestApp
  beforeAll(async () => {
    first = await boot({ engine: 'postgres', env })
    second = await boot({ engine: 'postgres', env, database: first.database })
  })
  afterAll(async () => {
    await second.stop()
    await first.close()
  })

  const elsewhere = (session: ConsoleClient) => new ConsoleClient(second.url, session.cookie, second.publicUrl)

  it('is valid on both, and the sign-out on one is true on the other with the next request', async () => {
    const session = await signIn(first, (await first.person('Ann', [])).secret)
    await elsewhere(session).run(ViewerDocument, {})
    await session.signOut()
    expect((await elsewhere(session).fail(ViewerDocument, {})).extensions.reason).toBe('UNKNOWN')
  })

  it('that is ended on one is refused by the other with the next request', async () => {
    const person = await first.person('Bea', [])
    const [one, two] = [await signIn(first, person.secret), await signIn(second, person.secret)]
    const id = (await two.run(SessionsDocument, {})).viewer.sessions.find(({ current }) => current)?.id ?? ''
    await elsewhere(two).run(ViewerDocument, {})
    await one.run(EndSessionsDocument, { input: { id } })
    expect((await two.fail(ViewerDocument, {})).extensions.reason).toBe('UNKNOWN')
  })

  it.each([
    ['it is ended', (session: ConsoleClient) => session.signOut()],
    [
      'its key is revoked',
      async (session: ConsoleClient) => {
        const { viewer } = await session.run(ViewerDocument, {})
        await first.owner.run(RevokeKeyDocument, { input: { id: viewer.key?.id ?? '' } })
      },
    ],
  ])('ends what it listens to on one when %s on the other, and is recorded once', async (_what, end) => {
    const person = await first.person('Cleo', [grant('keys:viewer')])
    const session = await signIn(first, person.secret)
    const listener = elsewhere(session)
    const { ended } = await listener.subscribe(KeyEventsDocument, { organizationId: first.organizationId })
    await untilLive(second, 1)
    await end(session)
    expect((await ended.take(5_000)).code).toBe(4403)
    await untilLive(second, 0)
    const types = (await sessionEvents(first, person.userId)).map(({ type }) => type)
    expect(types).toEqual(['SESSION_STARTED', 'SESSION_ENDED'])
  })
})
