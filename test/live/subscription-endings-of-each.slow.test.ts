import { afterEach, describe, expect, it } from 'vitest'
import {
  ExpiryWarningsDocument,
  type GrantInput,
  RemoveMemberDocument,
  RevocationsDocument,
  RevokeKeyDocument,
  SuspendKeyDocument,
  TypedDocumentString,
  UpdateKeyDocument,
} from '../../src/generated/graphql.ts'
import { type TestApp, useApp } from '../support/boot.ts'
import type { Subscription } from '../support/client.ts'
import { grant, memberIdOf } from '../support/people.ts'
import { TRANSPORTS, untilLive, untilNothingIsLeft } from '../support/transports.ts'

type Document = TypedDocumentString<unknown, { organizationId: string }>

/** The subscriptions beside keyEvents, and the grant that opens each. */
const LISTENS: readonly { readonly what: string; readonly needs: GrantInput; readonly document: Document }[] = [
  {
    what: 'expiryWarnings',
    needs: grant('keys:viewer'),
    document: new TypedDocumentString(ExpiryWarningsDocument.toString()),
  },
  {
    what: 'revocations',
    needs: grant('tokens:viewer'),
    document: new TypedDocumentString(RevocationsDocument.toString()),
  },
]

/** What ends it, and the reason that the close frame gives. */
const ENDINGS: readonly (readonly [string, string, (app: TestApp, id: string) => Promise<unknown>])[] = [
  ['is revoked', ': REVOKED', (app, id) => app.owner.run(RevokeKeyDocument, { input: { id } })],
  ['is suspended', ': SUSPENDED', (app, id) => app.owner.run(SuspendKeyDocument, { id })],
  [
    'loses the grant',
    '',
    (app, id) => app.owner.run(UpdateKeyDocument, { input: { id, grants: [grant('audit:viewer')] } }),
  ],
]

const cases = TRANSPORTS.flatMap((transport) => LISTENS.map((subscription) => ({ ...transport, ...subscription })))

describe.each(cases)('$what by $name', ({ name, open, needs, document }) => {
  const app = useApp()
  afterEach(() => untilNothingIsLeft(app))

  const expectEnd = async ({ results, ended }: Subscription<unknown>, why: string) => {
    const { code, reason } = await ended.take()
    if (name === 'WebSocket')
      expect({ code, reason }).toEqual({ code: 4403, reason: `Credential no longer valid${why}` })
    else {
      expect({ code, reason }).toEqual({ code: null, reason: 'complete' })
      expect(results.pending.at(-1)?.errors?.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED'])
    }
  }

  it.each(ENDINGS)('ends when the key of its caller %s', async (_what, why, end) => {
    const { id, client } = await app.apiKey({ grants: [needs] })
    const subscription = await open(client, document, { organizationId: app.organizationId })
    await untilLive(app, 1)
    await end(app, id)
    await expectEnd(subscription, why)
    client.close()
  })

  it('ends when the key of its caller expires', async () => {
    const asked = Date.now()
    const { client } = await app.apiKey({ grants: [needs], expiresIn: 'PT3S', warnBefore: [] })
    const subscription = await open(client, document, { organizationId: app.organizationId })
    await untilLive(app, 1)
    await expectEnd(subscription, ': EXPIRED')
    expect(Date.now()).toBeGreaterThanOrEqual(asked + 2_900)
    client.close()
  })

  it('ends when its caller is no longer a member', async () => {
    const { userId, client } = await app.person('Leaver', [needs])
    const memberId = await memberIdOf(app, userId)
    const subscription = await open(client, document, { organizationId: app.organizationId })
    await untilLive(app, 1)
    await app.owner.run(RemoveMemberDocument, { memberId })
    await expectEnd(subscription, ': REVOKED')
    client.close()
  })
})
