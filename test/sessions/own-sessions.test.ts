import { describe, expect, it } from 'vitest'
import {
  CreateOrganizationDocument,
  EndSessionsDocument,
  ExchangeKeyDocument,
  SessionsDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { newId } from '../../src/kernel/ids.ts'
import { useApp } from '../support/boot.ts'
import type { TestClient } from '../support/client.ts'
import { signIn } from '../support/console.ts'
import { sessionEvents } from '../support/session-events.ts'

const sessionsOf = async (client: TestClient) => (await client.run(SessionsDocument, {})).viewer.sessions

describe("a person's own sessions", () => {
  const app = useApp()

  it('cannot be listed, read or ended by anybody else', async () => {
    const person = await app.person('Ann', [])
    const id = (await sessionsOf(await signIn(app, person.secret)))[0]?.id ?? ''
    const other = await signIn(app, (await app.stranger()).owner.secret)
    for (const client of [
      app.owner,
      other,
      (await app.apiKey({ grants: [{ module: '*', role: 'MANAGER' }] })).client,
    ]) {
      expect((await sessionsOf(client)).map((session) => session.id)).not.toContain(id)
      const { data, errors } = await client.send(`{ node(id: "${id}") { id } }`)
      expect([data?.node, errors?.[0]?.extensions.code]).toEqual([null, 'NOT_FOUND'])
      const { extensions } = await client.fail(EndSessionsDocument, { input: { id } })
      expect(['NOT_FOUND', 'FORBIDDEN']).toContain(extensions.code)
    }
    expect(await sessionsOf(person.client)).toHaveLength(1)
  })

  it('are listed newest first, with where and by what they were started, and which one is asking', async () => {
    const person = await app.person('Bo', [])
    const first = await signIn(app, person.secret, { 'user-agent': 'Old Browser' })
    const second = await signIn(app, person.secret, { 'user-agent': `Browser ${'x'.repeat(400)} ${person.secret}` })
    const listed = await sessionsOf(second)
    expect(listed).toMatchObject([
      { current: true, ipAddress: '127.0.0.1' },
      { current: false, ipAddress: '127.0.0.1', userAgent: 'Old Browser' },
    ])
    expect(listed[0]?.userAgent).toHaveLength(256)
    expect(new Date(listed[0]?.expiresAt ?? '').getTime() - new Date(listed[0]?.createdAt ?? '').getTime()).toBe(
      7 * 86_400_000,
    )
    expect((await sessionsOf(first)).map(({ current }) => current)).toEqual([false, true])
    expect((await sessionsOf(person.client)).map(({ current }) => current)).toEqual([false, false])
    const { data } = await second.send(`{ node(id: "${listed[1]?.id}") { id ... on Session { current } } }`)
    expect(data?.node).toEqual({ id: listed[1]?.id, current: false })
  })

  it('are ended one by one, or all but the current one', async () => {
    const person = await app.person('Cy', [])
    const sessions = []
    for (let count = 0; count < 4; count += 1) sessions.push(await signIn(app, person.secret))
    const [current, second, third, fourth] = sessions
    if (current === undefined || second === undefined || third === undefined || fourth === undefined) throw new Error()
    const idOf = async (client: TestClient) => (await sessionsOf(client)).find((one) => one.current)?.id ?? ''
    const id = await idOf(second)
    expect((await current.run(EndSessionsDocument, { input: { id } })).endSessions.endedSessionIds).toEqual([id])
    expect((await second.fail(ViewerDocument, {})).extensions.code).toBe('UNAUTHENTICATED')
    expect((await current.fail(EndSessionsDocument, { input: { id } })).extensions.code).toBe('NOT_FOUND')
    const others = [await idOf(third), await idOf(fourth)]
    const { endSessions } = await current.run(EndSessionsDocument, { input: {} })
    expect([...endSessions.endedSessionIds].sort()).toEqual(others.sort())
    for (const session of [third, fourth])
      expect((await session.fail(ViewerDocument, {})).extensions.code).toBe('UNAUTHENTICATED')
    await current.run(ViewerDocument, {})
    // By the secret itself no session is the current one.
    const last = await idOf(current)
    expect((await person.client.run(EndSessionsDocument, { input: {} })).endSessions.endedSessionIds).toEqual([last])
    const events = await sessionEvents(app, person.userId)
    expect(events.filter(({ type }) => type === 'SESSION_ENDED')).toMatchObject(
      Array.from({ length: 4 }, () => ({ actorId: person.userId, credentialId: person.keyId })),
    )
  })

  it('are not for access tokens: they list none and end none', async () => {
    const person = await app.person('Di', [])
    const session = await signIn(app, person.secret)
    const { exchangeKey } = await app.anonymous.run(ExchangeKeyDocument, {
      input: { secret: person.secret, audience: app.publicUrl },
    })
    const token = app.anonymous.with(exchangeKey.accessToken)
    expect(await sessionsOf(token)).toEqual([])
    expect((await token.fail(EndSessionsDocument, { input: {} })).extensions.code).toBe('FORBIDDEN')
    await session.run(ViewerDocument, {})
  })

  it('are refused by ids that are none', async () => {
    const fail = async (id: string) => (await app.owner.fail(EndSessionsDocument, { input: { id } })).extensions.code
    expect([await fail('x'), await fail(newId('key')), await fail(newId('session'))]).toEqual([
      'BAD_USER_INPUT',
      'BAD_USER_INPUT',
      'NOT_FOUND',
    ])
  })

  it('are recorded in the organization of the key that they were started with', async () => {
    const { organizationId, owner } = await app.stranger()
    await signIn(app, owner.secret)
    expect(await sessionEvents(app, owner.userId)).toMatchObject([
      { type: 'SESSION_STARTED', organizationId, actorId: owner.userId, credentialId: owner.keyId },
    ])
  })

  it('act as the key in the audit log', async () => {
    const session = await signIn(app, app.ownerSecret)
    const { createOrganization } = await session.run(CreateOrganizationDocument, { input: { name: 'By session' } })
    const { data } = await app.owner.send<{
      viewer: { key: { id: string } }
      organization: { auditEvents: { edges: { node: { credentialId: string; actor: { kind: string } } }[] } }
    }>(
      `{ viewer { key { id } } organization(id: "${createOrganization.organization.id}") {
         auditEvents(first: 1) { edges { node { credentialId actor { kind } } } } } }`,
    )
    expect(data?.organization.auditEvents.edges[0]?.node).toEqual({
      credentialId: data?.viewer.key.id,
      actor: { kind: 'USER' },
    })
  })
})
