import { setTimeout } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  CreateApiKeyDocument,
  CreatePersonalAccessKeyDocument,
  MembersDocument,
  RemoveMemberDocument,
  RevokeKeyDocument,
  RotateKeyDocument,
  UpdateKeyPolicyDocument,
} from '../../src/generated/graphql.ts'
import { useApp } from '../support/boot.ts'
import { ON_POSTGRES } from '../support/engines.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { suborganization } from '../support/people.ts'

/** PostgreSQL publishes its counters a second after a connection becomes idle. */
const COUNTERS_ARE_PUBLISHED_MS = 2_500
const ROUNDS = 10
const GITLAB_TOKEN = 'a-token-of-gitlab-with-enough-characters'

/** A deadlock is retried, so callers do not see it; it costs a second each, and the retries can run out. */
describe.each(ON_POSTGRES)('concurrent transactions on the same rows on %s do not deadlock', (engine) => {
  const clock = new ManualClock()
  const app = useApp({ engine, clock, env: { KEYTURN_LEAKS_GITLAB_TOKEN: GITLAB_TOKEN } })
  beforeEach(() => app.app.parts.sources.writing.query('SELECT pg_stat_reset()'))

  const deadlocks = async (): Promise<number> => {
    await setTimeout(COUNTERS_ARE_PUBLISHED_MS)
    const [row] = await app.app.parts.sources.writing.query(
      'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
    )
    return Number(row.deadlocks)
  }
  const setMaximum = (maximumActiveKeys: number) =>
    app.owner.run(UpdateKeyPolicyDocument, {
      input: { organizationId: app.organizationId, policy: { maximumActiveKeys } },
    })
  const race = async (work: readonly (() => Promise<unknown>)[]) => {
    for (let round = 0; round < ROUNDS; round += 1) await Promise.all(work.map((one) => one()))
  }
  let names = 0
  const name = () => `key ${++names}`

  it('creating keys while the policy changes', async () => {
    const { organizationId } = app
    await setMaximum(5_000)
    const create = () => app.owner.run(CreateApiKeyDocument, { input: { organizationId, name: name(), grants: [] } })
    await race([create, create, () => setMaximum(4_000), create, create, () => setMaximum(5_000)])
    expect(await deadlocks()).toBe(0)
  })

  it('reactivating an expired key while the policy changes', async () => {
    await setMaximum(5_000)
    const keys = await Promise.all(Array.from({ length: ROUNDS }, () => app.apiKey({ expiresIn: 'PT1H' })))
    clock.advance(7_200)
    await Promise.all(
      keys.flatMap(({ id }) => [
        app.owner.run(RotateKeyDocument, { input: { id } }),
        setMaximum(4_000 + Math.floor(Math.random() * 1_000)),
      ]),
    )
    expect(await deadlocks()).toBe(0)
  })

  it('creating personal keys while their owner is removed', async () => {
    const { organizationId } = app
    const people = await Promise.all(
      Array.from({ length: ROUNDS }, (_, index) => app.person(`Person ${index}`, [{ module: 'keys', role: 'VIEWER' }])),
    )
    const { organization } = await app.owner.run(MembersDocument, { organizationId, first: 100 })
    const memberOf = (userId: string) =>
      organization?.members?.edges.find(({ node }) => node.user.id === userId)?.node.id ?? 'missing'
    const create = ({ client }: (typeof people)[number]) =>
      client.try(CreatePersonalAccessKeyDocument, { input: { organizationId, name: name() } })
    await Promise.all(
      people.flatMap((person) => [
        create(person),
        app.owner.run(RemoveMemberDocument, { memberId: memberOf(person.userId) }),
        create(person),
        create(person),
      ]),
    )
    expect(await deadlocks()).toBe(0)
  })

  it('ending leaked keys of several organizations while these keys are created and revoked', async () => {
    const below = await Promise.all(['A', 'B', 'C'].map((one) => suborganization(app, one)))
    const organizations = [app.organizationId, ...below]
    const make = () => Promise.all(organizations.map((organizationId) => app.apiKey({ organizationId, grants: [] })))
    const report = async (secrets: readonly string[], round: number) => {
      const body = JSON.stringify(
        secrets.map((token) => ({ type: 'secret', token, location: `https://example.com/${round}` })),
      )
      const headers = { authorization: `Bearer ${GITLAB_TOKEN}`, 'content-type': 'application/json' }
      const response = await fetch(`${app.url}/v1/revoke_tokens`, { method: 'POST', headers, body })
      expect(response.status).toBe(204)
    }
    for (let round = 0; round < ROUNDS; round += 1) {
      const keys = (await Promise.all([make(), make(), make()])).flat()
      const secrets = keys.map(({ secret }) => secret)
      await Promise.all([
        report(secrets, round),
        report(secrets.toReversed(), round),
        ...keys.slice(0, 4).map(({ id }) => app.owner.run(RevokeKeyDocument, { input: { id } })),
        make(),
      ])
    }
    expect(await deadlocks()).toBe(0)
  })
})
