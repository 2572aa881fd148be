import { describe, expect, it, onTestFinished } from 'vitest'
import { RevocationsDocument, RevokeAccessTokenDocument } from '../../src/generated/graphql.ts'
import { schema } from '../../src/graphql-server/schema.ts'
import { useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { claimsOf, eventsOf, introspect, tokenOf } from '../support/tokens.ts'
import { HARMLESS, setStage, TOKEN_CHANGES } from '../tokens/token-changes.ts'

interface Seen {
  readonly sequence: number
  readonly keyId: string
  readonly tokenId?: string | null
  readonly revokedAt: string
}

const covers = ({ keyId, tokenId, revokedAt }: Seen, token: string): boolean => {
  const { client_id, jti, iat = 0 } = claimsOf(token)
  return keyId === client_id && (tokenId == null ? iat * 1000 < new Date(revokedAt).getTime() : tokenId === jti)
}

const scopeOf = ({ scope }: Record<string, unknown>): string[] => String(scope).split(' ')

/** Whether a token is worth less than it was. */
const isLess = (before: Record<string, unknown>, after: Record<string, unknown>): boolean =>
  before.active === true && (after.active !== true || scopeOf(before).some((one) => !scopeOf(after).includes(one)))

describe.each(ENGINES)('a token with fewer rights than it states, on %s', (engine) => {
  const clock = new ManualClock(new Date('2026-06-01T12:00:00.250Z'))
  const app = useApp({ engine, clock })

  const headOf = async (organizationId: string) => (await eventsOf(app, {}, organizationId))[0]?.sequence ?? 0

  /** What the feed of an organization says after a position, up to now. */
  const announced = async (organizationId: string, after: number): Promise<Seen[]> => {
    const token = await tokenOf(app, await app.apiKey({ organizationId }))
    await app.anonymous.run(RevokeAccessTokenDocument, { input: { token } })
    const client = app.anonymous.with(app.ownerSecret)
    onTestFinished(() => client.close())
    const { results, stop } = await client.subscribe(RevocationsDocument, { organizationId, after })
    const seen: Seen[] = []
    for (;;) {
      const { data, errors } = await results.take()
      if (data == null) throw new Error(JSON.stringify(errors))
      if (data.revocations.tokenId === claimsOf(token).jti) break
      seen.push(data.revocations)
    }
    stop()
    return seen
  }

  it.each(TOKEN_CHANGES)(
    'is announced to its verifiers when $mutation $what',
    async ({ prepare, make, announcesMore }) => {
      const stage = await setStage(app)
      await prepare?.(stage)
      const looked = async () =>
        Object.fromEntries(
          await Promise.all(
            Object.entries(stage.tokens).map(async ([name, token]) => [name, await introspect(app, token)] as const),
          ),
        )
      const before = await looked()
      const organizations = [app.organizationId, stage.below, stage.beside]
      const heads = await Promise.all(organizations.map(headOf))
      clock.advance(1)
      await make(stage)
      const after = await looked()
      const feeds = new Map<unknown, Seen[]>()
      for (const [index, id] of organizations.entries()) feeds.set(id, await announced(id, heads[index] ?? 0))
      const tokens = Object.entries(stage.tokens).map(([name, token]) => {
        const { client_id, org } = claimsOf(token)
        return { name, token, client_id, org }
      })
      const less = tokens.filter(({ name }) => isLess(before[name] ?? {}, after[name] ?? {}))
      const isAnnounced = ({ org, token }: { org?: unknown; token: string }) =>
        (feeds.get(org) ?? []).some((one) => covers(one, token))
      expect(less.filter((one) => !isAnnounced(one)).map(({ name }) => name)).toEqual([])
      // An announcement covers a whole key: nothing is said about a key whose tokens in that organization are all as they were.
      const alike = tokens.filter(
        (one) => !less.some(({ client_id, org }) => client_id === one.client_id && org === one.org),
      )
      if (announcesMore !== true) expect(alike.filter(isAnnounced).map(({ name }) => name)).toEqual([])
    },
  )

  it('is announced once to each organization, and again in a replay, without the actor', async () => {
    const stage = await setStage(app)
    const head = await headOf(stage.below)
    clock.advance(1)
    await TOKEN_CHANGES.find(({ mutation }) => mutation === 'suspendKey')?.make(stage)
    const live = await announced(stage.below, head)
    expect(live).toHaveLength(1)
    expect(await announced(stage.below, head)).toEqual([
      ...live,
      expect.objectContaining({ tokenId: expect.any(String) }),
    ])
    const [event] = await eventsOf(app, { types: ['KEY_TOKENS_INVALIDATED'] }, stage.below)
    expect(event).toMatchObject({
      sequence: live[0]?.sequence,
      actor: { kind: 'SYSTEM' },
      targetId: stage.api.id,
      targetName: null,
      details: { cause: 'KEY_SUSPENDED', issuedBefore: clock.now().toISOString() },
    })
  })
})

describe('the table of token changes', () => {
  it('has every mutation of the schema that is not known to be harmless', () => {
    const mutations = Object.keys(schema.getMutationType()?.getFields() ?? {})
    const covered = [...new Set(TOKEN_CHANGES.map(({ mutation }) => mutation)), ...HARMLESS]
    expect(covered.sort()).toEqual(mutations.sort())
  })
})
