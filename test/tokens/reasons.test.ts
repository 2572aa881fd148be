import { describe, expect, it } from 'vitest'
import {
  KeyEventsDocument,
  RemoveMemberDocument,
  ResumeKeyDocument,
  RevokeKeyDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
  UpdateKeyDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { newSecret } from '../../src/kernel/secret-text.ts'
import { useApp } from '../support/boot.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { memberIdOf } from '../support/people.ts'
import { answerOf, exchange, post, requestToken, tokenOf } from '../support/tokens.ts'
import { TRANSPORTS, untilLive } from '../support/transports.ts'

const clock = new ManualClock()
const app = useApp({ clock })
const USER_INFO = '/auth/realms/appcircle/protocol/openid-connect/userinfo'
const GRANT = { grant_type: 'client_credentials' }

interface Key {
  readonly id: string
  readonly secret: string
}

/** What makes a secret, and a token that was issued for it before, invalid; and the reason that both are refused with. */
const ENDS: readonly (readonly [string, string, (key: Key) => Promise<unknown>])[] = [
  ['revoked', 'REVOKED', ({ id }) => app.owner.run(RevokeKeyDocument, { input: { id } })],
  ['suspended', 'SUSPENDED', ({ id }) => app.owner.run(SuspendKeyDocument, { id })],
  [
    'rotated without an overlap',
    'RETIRED',
    ({ id }) => app.owner.run(RotateKeyDocument, { input: { id, overlap: 'PT0S' } }),
  ],
  [
    'restricted to other addresses',
    'ADDRESS',
    ({ id }) => app.owner.run(UpdateKeyDocument, { input: { id, allowedIps: ['10.0.0.0/8'] } }),
  ],
  ['expired', 'EXPIRED', async () => clock.advance(600)],
]

const keyOf = () => app.apiKey({ expiresIn: 'PT10M', grants: [{ module: 'keys', role: 'VIEWER' }] })

/** The reason that a bearer credential is refused with, wherever a bearer is accepted. */
const reasonsOfBearer = async (credential: string, headers: Record<string, string> = {}) => {
  const client = app.anonymous.with(credential)
  const http = await client.send('{ viewer { kind } }', {}, headers)
  const events = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { ...client.headers, ...headers, 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: '{ viewer { kind } }' }),
  })
  const introspection = await post(app, '/oauth/introspect', { token: 'x' }, { bearer: credential, headers })
  const appcircle = await answerOf(
    await fetch(`${app.url}${USER_INFO}`, { headers: { ...client.headers, ...headers } }),
  )
  return [
    http.errors?.[0]?.extensions.reason,
    /"reason":"(\w+)"/.exec(await events.text())?.[1],
    introspection.body.reason,
    appcircle.body.reason,
  ]
}

const all = (reason: string) => [reason, reason, reason, reason]

const closeReasonOf = async (credential: string): Promise<string> => {
  const socket = app.anonymous.with(credential).subscribe(ViewerDocument, {})
  return (await socket.then(() => 'connected', String)).replace(/^Error: The socket closed: /, '')
}

describe('the reason of a refusal', () => {
  it.each(ENDS)('for a valid secret states that its key is %s', async (_what, reason, end) => {
    const key = await keyOf()
    await end(key)
    expect(await reasonsOfBearer(key.secret)).toEqual(all(reason))
    expect(await closeReasonOf(key.secret)).toBe(`4401 Unauthorized: ${reason}`)
    expect(await requestToken(app, key)).toMatchObject({ status: 401, body: { error: 'invalid_client', reason } })
    expect(await exchange(app, key.secret)).toMatchObject({ status: 400, body: { error: 'invalid_request', reason } })
  })

  it.each(ENDS.filter(([what]) => what !== 'expired'))(
    'for a valid token states that its key is %s',
    async (_what, reason, end) => {
      const key = await keyOf()
      const token = await tokenOf(app, key)
      await end(key)
      expect(await reasonsOfBearer(token)).toEqual(all(reason))
      expect(await closeReasonOf(token)).toBe(`4401 Unauthorized: ${reason}`)
      expect(await exchange(app, token)).toMatchObject({ status: 400, body: { error: 'invalid_request', reason } })
    },
  )

  it('is TOKEN_REVOKED for a token that was revoked itself, or issued before a suspension', async () => {
    const key = await app.apiKey()
    const [revoked, older] = [await tokenOf(app, key), await tokenOf(app, key)]
    await post(app, '/oauth/revoke', { token: revoked })
    await app.owner.run(SuspendKeyDocument, { id: key.id })
    await app.owner.run(ResumeKeyDocument, { id: key.id })
    expect(await reasonsOfBearer(revoked)).toEqual(all('TOKEN_REVOKED'))
    expect(await reasonsOfBearer(older)).toEqual(all('TOKEN_REVOKED'))
    expect(await reasonsOfBearer(await tokenOf(app, key))).not.toContain('TOKEN_REVOKED')
  })

  it('is TOKEN_EXPIRED for an expired token, whatever happened to its key', async () => {
    const key = await app.apiKey()
    const token = await tokenOf(app, key)
    await app.owner.run(RevokeKeyDocument, { input: { id: key.id } })
    clock.advance(3_600)
    expect(await reasonsOfBearer(token)).toEqual(all('TOKEN_EXPIRED'))
  })

  it('is REVOKED for a personal access key whose owner has left', async () => {
    const person = await app.person('Ada', [])
    await app.owner.run(RemoveMemberDocument, { memberId: await memberIdOf(app, person.userId) })
    const answer = await post(app, '/auth/v1/token', { pat: person.secret })
    expect(answer).toMatchObject({ status: 401, body: { reason: 'REVOKED' } })
  })

  it('is MISSING without a credential', async () => {
    const { errors } = await app.anonymous.send('{ viewer { kind } }')
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'MISSING' })
    expect((await post(app, '/oauth/token', GRANT)).body).toMatchObject({ error: 'invalid_client', reason: 'MISSING' })
    expect((await post(app, '/oauth/introspect', { token: 'x' })).body).toMatchObject({ reason: 'MISSING' })
    expect((await answerOf(await fetch(`${app.url}${USER_INFO}`))).body).toMatchObject({ reason: 'MISSING' })
  })

  it.each([
    ['a secret with a wrong checksum', 'MALFORMED', `kt_ak_${'0'.repeat(49)}`],
    ['text of no known form', 'MALFORMED', 'hello'],
    ['a well-formed secret that was never issued', 'UNKNOWN', newSecret('kt', 'ak')],
    ['a token that this service did not sign', 'UNKNOWN', 'eyJhbGciOiJFUzI1NiJ9.e30.AAAA'],
  ])('for %s is %s', async (_what, reason, credential) => {
    expect(await reasonsOfBearer(credential)).toEqual(all(reason))
    expect(await closeReasonOf(credential)).toBe(`4401 Unauthorized: ${reason}`)
  })

  it('ends a live subscription, and the operations of its socket', async () => {
    for (const { open } of TRANSPORTS) {
      const key = await keyOf()
      const client = app.anonymous.with(key.secret)
      const subscription = await open(client, KeyEventsDocument, { organizationId: app.organizationId })
      await untilLive(app, 1)
      await app.owner.run(SuspendKeyDocument, { id: key.id })
      const { code } = await subscription.ended.take()
      if (code !== null) expect(code).toBe(4403)
      const last = subscription.results.pending.at(-1)
      if (code === null) expect(last?.errors?.[0]?.extensions).toMatchObject({ reason: 'SUSPENDED' })
      client.close()
      await untilLive(app, 0)
    }
  })
})
