import { afterEach, describe, expect, it } from 'vitest'
import {
  CancelRotationDocument,
  CompleteRotationDocument,
  EndSessionsDocument,
  KeyEventsDocument,
  RemoveMemberDocument,
  ResumeKeyDocument,
  RevokeKeyDocument,
  RotateKeyDocument,
  SessionsDocument,
  SuspendKeyDocument,
  UpdateMemberDocument,
  ViewerDocument,
  ViewerGrantsDocument,
} from '../../src/generated/graphql.ts'
import { type Person, type TestApp, useApp } from '../support/boot.ts'
import { type ConsoleClient, signIn } from '../support/console.ts'
import { ENGINES, ON_SQLITE } from '../support/engines.ts'
import { grant, memberIdOf } from '../support/people.ts'
import { openSocket } from '../support/raw-socket.ts'
import { sessionEvents } from '../support/session-events.ts'
import { TRANSPORTS, untilLive, untilNothingIsLeft } from '../support/transports.ts'

interface Ending {
  readonly what: string
  readonly reason: string
  /** Why the event says that it ended. */
  readonly recorded: string
  readonly end: (app: TestApp, person: Person, session: ConsoleClient) => Promise<unknown>
}

const ENDINGS: readonly Ending[] = [
  {
    what: 'its key is revoked',
    reason: 'UNKNOWN',
    recorded: 'key-revoked',
    end: (app, { keyId }) => app.owner.run(RevokeKeyDocument, { input: { id: keyId } }),
  },
  {
    what: 'its key is suspended, also after the key is resumed',
    reason: 'UNKNOWN',
    recorded: 'key-suspended',
    end: async (app, { keyId }) => {
      await app.owner.run(SuspendKeyDocument, { id: keyId })
      await app.owner.run(ResumeKeyDocument, { id: keyId })
    },
  },
  {
    what: 'its secret is replaced by a rotation without an overlap',
    reason: 'UNKNOWN',
    recorded: 'secret-replaced',
    end: (_, { client, keyId }) => client.run(RotateKeyDocument, { input: { id: keyId, overlap: 'PT0S' } }),
  },
  {
    what: 'the overlap of the rotation of its secret is ended',
    reason: 'UNKNOWN',
    recorded: 'secret-replaced',
    end: async (app, { client, keyId }, session) => {
      const { rotateKey } = await client.run(RotateKeyDocument, { input: { id: keyId, overlap: 'P1D' } })
      await session.run(ViewerDocument, {})
      await app.anonymous.with(rotateKey.secret).run(CompleteRotationDocument, { id: keyId })
    },
  },
  {
    what: 'its person is removed from the organization',
    reason: 'UNKNOWN',
    recorded: 'key-revoked',
    end: async (app, { userId }) => app.owner.run(RemoveMemberDocument, { memberId: await memberIdOf(app, userId) }),
  },
  {
    what: 'its person ends it from another session',
    reason: 'UNKNOWN',
    recorded: 'ended',
    end: async (app, { secret }, session) => {
      const { viewer } = await session.run(SessionsDocument, {})
      const id = viewer.sessions.find(({ current }) => current)?.id ?? ''
      await (await signIn(app, secret)).run(EndSessionsDocument, { input: { id } })
    },
  },
  {
    what: 'its person signs out',
    reason: 'UNKNOWN',
    recorded: 'signed-out',
    end: (_app, _person, session) => session.signOut(),
  },
]

describe.each(ENGINES)('a session on %s', (engine) => {
  const app = useApp({ engine })

  it.each(ENDINGS)('ends at once when $what, and its event says why', async ({ end, reason, recorded }) => {
    const person = await app.person('Vera Viewer', [grant('keys:viewer')])
    const session = await signIn(app, person.secret)
    await session.run(ViewerDocument, {})
    await end(app, person, session)
    const { extensions } = await session.fail(ViewerDocument, {})
    expect(extensions).toMatchObject({ code: 'UNAUTHENTICATED', reason })
    const events = await sessionEvents(app, person.userId)
    expect(events.slice(0, 1)).toMatchObject([{ type: 'SESSION_STARTED', actorId: person.userId }])
    const [ended, ...more] = events.filter(
      ({ type, targetId }) => type === 'SESSION_ENDED' && targetId === events[0]?.targetId,
    )
    expect([ended?.details.reason, more]).toEqual([recorded, []])
  })

  it('that was started with the new secret of a rotation ends when the rotation is cancelled', async () => {
    const person = await app.person('Nia', [])
    const { rotateKey } = await person.client.run(RotateKeyDocument, { input: { id: person.keyId, overlap: 'P1D' } })
    const session = await signIn(app, rotateKey.secret)
    await person.client.run(CancelRotationDocument, { id: person.keyId })
    expect((await session.fail(ViewerDocument, {})).extensions.code).toBe('UNAUTHENTICATED')
    await signIn(app, person.secret)
  })

  it('ends once, however many end it at the same time', async () => {
    const person = await app.person('Mona', [])
    const session = await signIn(app, person.secret)
    const id = (await session.run(SessionsDocument, {})).viewer.sessions[0]?.id ?? ''
    await Promise.all([
      session.signOut(),
      session.signOut(),
      person.client.try(EndSessionsDocument, { input: { id } }),
      person.client.try(EndSessionsDocument, { input: {} }),
      app.owner.run(RevokeKeyDocument, { input: { id: person.keyId } }),
    ])
    const events = await sessionEvents(app, person.userId)
    expect(events.map(({ type }) => type)).toEqual(['SESSION_STARTED', 'SESSION_ENDED'])
  })

  it('that starts while its key is revoked is refused, or ends with it', async () => {
    const person = await app.person('Rae', [])
    const attempts = Array.from({ length: 5 }, () => signIn(app, person.secret).catch(() => null))
    await app.owner.run(RevokeKeyDocument, { input: { id: person.keyId } })
    for (const session of await Promise.all(attempts))
      expect((await session?.fail(ViewerDocument, {}))?.extensions.code ?? 'UNAUTHENTICATED').toBe('UNAUTHENTICATED')
    const types = (await sessionEvents(app, person.userId)).map(({ type }) => type)
    expect(types.filter((type) => type === 'SESSION_ENDED')).toHaveLength(types.length / 2)
  })
})

describe.each(ON_SQLITE)('a session, whatever it is used for, on %s', () => {
  const app = useApp()
  const open: ConsoleClient[] = []
  afterEach(async () => {
    for (const session of open.splice(0)) session.close()
    await untilNothingIsLeft(app)
  })

  it('has the rights of its person as they are now', async () => {
    const person = await app.person('Gus', [grant('keys:viewer')])
    const session = await signIn(app, person.secret)
    const { organizationId } = app
    const grants = async () => (await session.run(ViewerGrantsDocument, { organizationId })).viewer.grants
    expect(await grants()).toEqual([{ module: 'keys', role: 'VIEWER' }])
    const memberId = await memberIdOf(app, person.userId)
    await app.owner.run(UpdateMemberDocument, { input: { memberId, grants: [] } })
    expect(await grants()).toEqual([])
  })

  it.each(TRANSPORTS.flatMap((transport) => ENDINGS.map((ending) => ({ ...ending, transport }))))(
    'ends what it listens to by $transport.name when $what',
    async ({ end, transport }) => {
      const person = await app.person('Lis Listener', [grant('keys:viewer')])
      const session = await signIn(app, person.secret)
      open.push(session)
      const { organizationId } = app
      const { results, ended } = await transport.open(session, KeyEventsDocument, { organizationId })
      await untilLive(app, 1)
      const robot = await app.apiKey()
      expect((await results.take()).data?.keyEvents).toMatchObject({ targetId: robot.id })
      await end(app, person, session)
      await untilLive(app, 0)
      if (transport.name === 'WebSocket') expect((await ended.take()).code).toBe(4403)
    },
  )

  it('carries queries by WebSocket until it ends', async () => {
    const person = await app.person('Quin', [])
    const session = await signIn(app, person.secret)
    const socket = await openSocket(app.url, session.upgradeHeaders)
    await socket.init()
    expect((await socket.ask('{ viewer { user { name } } }')).data).toEqual({ viewer: { user: { name: 'Quin' } } })
    await session.signOut()
    socket.send({ type: 'subscribe', id: 'late', payload: { query: '{ viewer { kind } }' } })
    expect((await socket.ended.take()).code).toBe(4403)
  })
})
