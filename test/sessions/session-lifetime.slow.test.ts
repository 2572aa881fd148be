import { afterEach, describe, expect, it } from 'vitest'
import {
  CreatePersonalAccessKeyDocument,
  KeyEventsDocument,
  RotateKeyDocument,
  SessionsDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { boot, type TestApp, useApp } from '../support/boot.ts'
import { type ConsoleClient, signIn } from '../support/console.ts'
import { ENGINES } from '../support/engines.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { grant } from '../support/people.ts'
import { sessionEvents } from '../support/session-events.ts'
import { TRANSPORTS, untilLive } from '../support/transports.ts'

const MINUTE = 60
const HOUR = 3_600
const DAY = 24 * HOUR

const reasonOf = async (session: ConsoleClient) =>
  (await session.try(ViewerDocument, {})).errors?.[0]?.extensions.reason
const endsOf = async (app: TestApp, userId: string) =>
  (await sessionEvents(app, userId)).flatMap(({ details }) => details.reason ?? [])

describe.each(ENGINES)('the time of a session, on %s', (engine) => {
  const clock = new ManualClock()
  const app = useApp({ engine, clock })

  it('is over after twelve hours without use, and not a moment before', async () => {
    const person = await app.person('Twelve', [])
    const session = await signIn(app, person.secret)
    clock.advance(12 * HOUR - 1)
    expect(await reasonOf(session)).toBeUndefined()
    clock.advance(12 * HOUR - 1)
    expect(await reasonOf(session)).toBeUndefined()
    clock.advance(12 * HOUR)
    expect(await reasonOf(session)).toBe('TOKEN_EXPIRED')
    expect(await reasonOf(session)).toBe('UNKNOWN')
    expect(await endsOf(app, person.userId)).toEqual(['unused'])
  })

  it('is over after seven days, however much it is used', async () => {
    const person = await app.person('Seven', [])
    const session = await signIn(app, person.secret)
    for (let hours = 0; hours < 7 * 24 - 6; hours += 6) {
      clock.advance(6 * HOUR)
      expect(await reasonOf(session)).toBeUndefined()
    }
    clock.advance(6 * HOUR)
    expect(await reasonOf(session)).toBe('TOKEN_EXPIRED')
    expect(await endsOf(app, person.userId)).toEqual(['expired'])
  })

  it('is over when its key expires, at that instant', async () => {
    const person = await app.person('Key', [])
    const made = await person.client.run(CreatePersonalAccessKeyDocument, {
      input: { organizationId: app.organizationId, name: 'for an hour', expiresIn: 'PT1H' },
    })
    const session = await signIn(app, made.createPersonalAccessKey.secret)
    clock.advance(HOUR - 1)
    expect(await reasonOf(session)).toBeUndefined()
    clock.advance(1)
    expect(['EXPIRED', 'UNKNOWN']).toContain(await reasonOf(session))
    expect(await endsOf(app, person.userId)).toEqual(['key-expired'])
  })

  it('is over with the overlap of a rotation of its secret', async () => {
    const person = await app.person('Overlap', [])
    const session = await signIn(app, person.secret)
    await person.client.run(RotateKeyDocument, { input: { id: person.keyId, overlap: 'PT1H' } })
    clock.advance(HOUR - 1)
    expect(await reasonOf(session)).toBeUndefined()
    clock.advance(1)
    expect(['RETIRED', 'UNKNOWN']).toContain(await reasonOf(session))
    expect(await endsOf(app, person.userId)).toEqual(['secret-replaced'])
  })

  it('is recorded as ended by the sweep if it is not used again, once', async () => {
    const person = await app.person('Away', [])
    for (let count = 0; count < 3; count += 1) await signIn(app, person.secret)
    clock.advance(12 * HOUR)
    const { sweeper } = app.app.parts.sessions
    await Promise.all([sweeper.sweep(), sweeper.sweep()])
    expect(await endsOf(app, person.userId)).toEqual(['unused', 'unused', 'unused'])
    const rows = await app.app.parts.services.database.read((reader) =>
      reader.query('SELECT id FROM console_sessions WHERE user_id = ?', [person.userId]),
    )
    expect(rows).toEqual([])
  })
})

describe('the last use of a session', () => {
  const clock = new ManualClock()
  const app = useApp({ clock })

  it('is stored once a minute', async () => {
    const person = await app.person('Ursula', [])
    const session = await signIn(app, person.secret)
    const start = clock.now().getTime()
    const lastUse = async () => {
      const { sessions } = (await session.run(SessionsDocument, {})).viewer
      return (new Date(sessions[0]?.lastUsedAt ?? '').getTime() - start) / 1000
    }
    clock.advance(MINUTE - 1)
    expect(await lastUse()).toBe(0)
    clock.advance(1)
    expect(await lastUse()).toBe(MINUTE)
    clock.advance(MINUTE - 1)
    expect(await lastUse()).toBe(MINUTE)
  })

  it('is a use of the key too, so that a key that is used in the console alone is not unused', async () => {
    const person = await app.person('Ida', [])
    const session = await signIn(app, person.secret)
    clock.advance(HOUR)
    await session.run(ViewerDocument, {})
    await app.app.parts.usage.flush()
    const [row] = await app.app.parts.services.database.read((reader) =>
      reader.query<{ last_used_at: string }>('SELECT last_used_at FROM keys WHERE id = ?', [person.keyId]),
    )
    expect(row?.last_used_at).toBe(clock.now().toISOString())
  })
})

describe('what a session listens to', () => {
  let app: TestApp
  afterEach(() => app.close())

  it.each(
    TRANSPORTS.flatMap((transport) => [
      { transport, what: 'twelve hours without use', seconds: 12 * HOUR },
      { transport, what: 'seven days of use', seconds: 7 * DAY },
    ]),
  )('by $transport.name ends after $what', async ({ transport, seconds }) => {
    const clock = new ManualClock()
    app = await boot({ clock })
    const person = await app.person('Lou', [grant('keys:viewer')])
    const session = await signIn(app, person.secret)
    const { ended } = await transport.open(session, KeyEventsDocument, { organizationId: app.organizationId })
    await untilLive(app, 1)
    for (let left = seconds; left > 6 * HOUR; left -= 6 * HOUR) {
      clock.advance(6 * HOUR)
      if (seconds > 12 * HOUR) await session.run(ViewerDocument, {})
      await app.apiKey()
    }
    expect(app.app.parts.live.size).toBe(1)
    clock.advance(6 * HOUR)
    await untilLive(app, 0)
    if (transport.name === 'WebSocket') expect((await ended.take()).code).toBe(4403)
    session.close()
  })
})
