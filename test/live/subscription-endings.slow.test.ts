import { afterEach, describe, expect, it } from 'vitest'
import {
  CancelRotationDocument,
  CompleteRotationDocument,
  type GrantInput,
  KeyEventsDocument,
  MembersDocument,
  RemoveMemberDocument,
  ResumeKeyDocument,
  RevokeKeyDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
  UpdateKeyDocument,
  UpdateMemberDocument,
} from '../../src/generated/graphql.ts'
import { type TestApp, useApp } from '../support/boot.ts'
import type { Subscription, TestClient } from '../support/client.ts'
import { TRANSPORTS, untilLive, untilNothingIsLeft } from '../support/transports.ts'

interface Ending {
  readonly what: string
  /** Whether the hammering test looks for the event of it. */
  readonly written?: true
  /** Somebody who may subscribe, and what ends that; it resolves once whoever ended it was told so. */
  readonly prepare: (app: TestApp) => Promise<{ readonly client: TestClient; readonly end: () => Promise<unknown> }>
}

const VIEWER: GrantInput[] = [{ module: 'keys', role: 'VIEWER' }]

const ofKey =
  (end: (app: TestApp, id: string) => Promise<unknown>): Ending['prepare'] =>
  async (app) => {
    const { id, client } = await app.apiKey({ grants: VIEWER })
    return { client, end: () => end(app, id) }
  }

const ofMember =
  (end: (app: TestApp, memberId: string) => Promise<unknown>): Ending['prepare'] =>
  async (app) => {
    const { client, userId } = await app.person('Vera Viewer', VIEWER)
    const { organization } = await app.owner.run(MembersDocument, { organizationId: app.organizationId, last: 1 })
    const member = organization?.members?.edges.find((edge) => edge.node.user.id === userId)?.node.id ?? ''
    return { client, end: () => end(app, member) }
  }

const ENDINGS: readonly Ending[] = [
  {
    what: "its caller's key is revoked",
    written: true,
    prepare: ofKey((app, id) => app.owner.run(RevokeKeyDocument, { input: { id } })),
  },
  {
    what: "its caller's key is suspended",
    written: true,
    prepare: ofKey((app, id) => app.owner.run(SuspendKeyDocument, { id })),
  },
  {
    what: "its caller's secret is retired at once by a rotation",
    prepare: ofKey((app, id) => app.owner.run(RotateKeyDocument, { input: { id, overlap: 'PT0S' } })),
  },
  {
    what: "its caller's secret is retired by completing a rotation",
    written: true,
    prepare: async (app) => {
      const { id, client } = await app.apiKey({ grants: VIEWER })
      await app.owner.run(RotateKeyDocument, { input: { id, overlap: 'P1D' } })
      return { client, end: () => app.owner.run(CompleteRotationDocument, { id }) }
    },
  },
  {
    what: "its caller's new secret is dropped by cancelling a rotation",
    prepare: async (app) => {
      const { id } = await app.apiKey({ grants: VIEWER })
      const { rotateKey } = await app.owner.run(RotateKeyDocument, { input: { id, overlap: 'P1D' } })
      const client = app.anonymous.with(rotateKey.secret)
      return { client, end: () => app.owner.run(CancelRotationDocument, { id }) }
    },
  },
  {
    what: "its caller's key loses the grant",
    prepare: ofKey((app, id) =>
      app.owner.run(UpdateKeyDocument, { input: { id, grants: [{ module: 'audit', role: 'VIEWER' }] } }),
    ),
  },
  {
    what: "its caller's key may be used from elsewhere alone",
    prepare: ofKey((app, id) => app.owner.run(UpdateKeyDocument, { input: { id, allowedIps: ['192.0.2.0/24'] } })),
  },
  {
    what: "its member's grants are withdrawn",
    written: true,
    prepare: ofMember((app, memberId) => app.owner.run(UpdateMemberDocument, { input: { memberId, grants: [] } })),
  },
  {
    what: 'its member is removed',
    written: true,
    prepare: ofMember((app, memberId) => app.owner.run(RemoveMemberDocument, { memberId })),
  },
]

const named = ({ what, prepare }: Ending) => [what, prepare] as const

describe.each(TRANSPORTS)('a live subscription by $name ends', ({ name, open }) => {
  const app = useApp()
  afterEach(() => untilNothingIsLeft(app))

  const subscribe = (client: TestClient) => open(client, KeyEventsDocument, { organizationId: app.organizationId })

  /** How the stream ended: by its close code, or by a last message that says why. */
  const expectEnd = async <Data>({ results, ended }: Subscription<Data>) => {
    const { code, reason } = await ended.take()
    if (name === 'WebSocket')
      expect({ code, reason }).toEqual({
        code: 4403,
        reason: expect.stringMatching(/^Credential no longer valid(: [A-Z_]+)?$/),
      })
    else {
      expect({ code, reason }).toEqual({ code: null, reason: 'complete' })
      const last = results.pending.at(-1)
      expect(last?.errors?.map((error) => error.extensions)).toEqual([
        { code: 'UNAUTHENTICATED', reason: expect.any(String) },
      ])
    }
  }

  it.each(ENDINGS.map(named))('when %s', async (_what, prepare) => {
    const { client, end } = await prepare(app)
    const subscription = await subscribe(client)
    await untilLive(app, 1)
    await end()
    await expectEnd(subscription)
    client.close()
  })

  it('when the key of its caller expires, not before', async () => {
    const expires = Date.now() + 3_000
    const { client } = await app.apiKey({ grants: VIEWER, expiresIn: 'PT3S', warnBefore: [] })
    const subscription = await subscribe(client)
    await untilLive(app, 1)
    const ended = await subscription.ended.take()
    expect(Date.now()).toBeGreaterThanOrEqual(expires)
    expect(ended.code).toBe(name === 'WebSocket' ? 4403 : null)
    client.close()
  })

  it.each(ENDINGS.filter(({ written }) => written).map(named))(
    'before any event that is committed after %s',
    async (_what, prepare) => {
      const busy = await Promise.all([app.apiKey(), app.apiKey(), app.apiKey()])
      const { client, end } = await prepare(app)
      const { results, ended } = await subscribe(client)
      await untilLive(app, 1)
      let over = false
      const hammering = busy.map(async ({ id }) => {
        while (!over) {
          await app.owner.run(SuspendKeyDocument, { id })
          await app.owner.run(ResumeKeyDocument, { id })
        }
      })
      await results.takeMany(3)
      await end()
      await ended.take()
      over = true
      await Promise.all(hammering)
      const delivered = results.pending.flatMap(({ data }) => data?.keyEvents.sequence ?? [])
      const [first] = await app.app.parts.services.database.read((reader) =>
        reader.query<{ sequence: string }>(
          `SELECT MAX(sequence) AS sequence FROM audit_events WHERE actor_kind = 'USER' AND NOT (target_id IN (?, ?, ?))
           AND type IN ('KEY_REVOKED', 'KEY_SUSPENDED', 'KEY_ROTATION_COMPLETED', 'MEMBER_UPDATED')`,
          busy.map(({ id }) => id),
        ),
      )
      const ending = Number(first?.sequence)
      expect(ending).toBeGreaterThan(0)
      expect(delivered.filter((sequence) => sequence > ending)).toEqual([])
      client.close()
    },
  )
})
