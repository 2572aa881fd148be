import { boot, type TestApp } from '../support/boot.ts'
import { PROVIDER_AUDIENCE, startProvider } from '../support/identity-provider.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { sweepAll } from '../support/sweeping.ts'
import { CAST, type Cast, callersOf } from './callers.ts'
import { ask, type Furniture, found, furnish, signInBy } from './furniture.ts'
import type { Caller, Own } from './oracle.ts'

export interface Actor {
  readonly caller: Caller
  readonly own: Own
}

/** A service with three organizations, one of everything in each, and every kind of caller. */
export interface Stage {
  readonly app: TestApp
  readonly places: Readonly<Record<Cast['place'], Furniture>>
  readonly actors: ReadonlyMap<Cast, readonly Actor[]>
  close(): Promise<void>
}

const NOBODY: Caller = {
  name: 'nobody in particular',
  credential: 'none',
  bearer: null,
  userId: null,
  keyId: null,
  holdings: [],
  ownPowers: true,
  narrowedTo: null,
  within: null,
  good: false,
}

export const setStage = async (): Promise<Stage> => {
  const provider = await startProvider(CAST.map(({ email }) => email))
  const clock = new ManualClock(new Date())
  const app = await boot({
    clock,
    env: {
      KEYTURN_OIDC_ISSUER: provider.issuer,
      KEYTURN_OIDC_AUDIENCE: PROVIDER_AUDIENCE,
      KEYTURN_TRUST_PROXY: '127.0.0.1',
      // The clock stands still, so no rate recovers, and the matrix causes thousands of refusals.
      KEYTURN_EXCHANGES_PER_SECOND: '100000',
      KEYTURN_MUTATIONS_PER_SECOND: '100000',
      KEYTURN_REFUSALS_PER_SECOND: '100000',
    },
  })
  signInBy(app, (email) => provider.sign({ email }))
  const { viewer } = await ask<{ viewer: { user: { id: string } } }>(app.owner, '{ viewer { user { id } } }')
  const owner = { client: app.owner, userId: viewer.user.id }
  const create = async (input: object): Promise<string> =>
    (
      await ask<{ createOrganization: { organization: { id: string } } }>(
        app.owner,
        'mutation($input: CreateOrganizationInput!) { createOrganization(input: $input) { organization { id } } }',
        { input },
      )
    ).createOrganization.organization.id
  const root = app.organizationId
  const sub = await create({ name: 'Below', parentId: root })
  const stranger = await create({ name: 'Stranger' })
  const paths = { root: [root], sub: [sub, root], stranger: [stranger] }
  const placed = {
    root: await furnish(app, owner, paths.root, [paths.sub]),
    sub: await furnish(app, owner, paths.sub),
    stranger: await furnish(app, owner, paths.stranger),
  }
  const actors = new Map<Cast, readonly Actor[]>()
  for (const who of CAST) {
    const below = who.place === 'root' ? [paths.sub] : []
    const tokens = {
      good: await provider.tokenFor(who.email),
      expired: await provider.sign({ email: who.email, exp: Math.floor(Date.now() / 1000) - 60 }),
    }
    const known = await callersOf(app, who, placed[who.place], { userId: owner.userId, below }, tokens)
    const [first] = known
    const nobody = who === CAST[0] && first !== undefined ? [{ caller: NOBODY, own: first.own }] : []
    actors.set(who, [...known, ...nobody])
  }
  await app.app.parts.usage.flush()
  clock.advance(2)
  await sweepAll(app)
  const places = {
    root: await found(app, placed.root),
    sub: await found(app, placed.sub),
    stranger: await found(app, placed.stranger),
  }
  for (const place of Object.values(places))
    for (const id of [place.apiKeyWarning, place.personalKeyWarning])
      await ask(app.owner, `mutation { acknowledgeExpiryWarning(input: { id: "${id}" }) { __typename } }`)
  const close = async () => {
    await app.close()
    provider.close()
  }
  return { app, places, actors, close }
}
