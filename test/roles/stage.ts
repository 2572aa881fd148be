import { boot, type TestApp } from '../support/boot.ts'
import { PROVIDER_AUDIENCE, startProvider } from '../support/identity-provider.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { sweepAll } from '../support/sweeping.ts'
import { CAST, type Cast, callersOf } from './callers.ts'
import { ask, type Furniture, found, furnish } from './furniture.ts'
import type { Caller, Target } from './oracle.ts'

export interface Actor {
  readonly caller: Caller
  /** The key that calls, or the first one of the person who does. */
  readonly own: Target
}

/** A service with three organizations, one of everything in each, and everybody who may call. */
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
    },
  })
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
  const actors = new Map<Cast, Actor[]>()
  for (const who of CAST) {
    const path = paths[who.place]
    const { joined, callers } = await callersOf(app, who, placed[who.place], await provider.tokenFor(who.email))
    const first: Target = {
      path,
      key: {
        id: joined.keyId,
        kind: 'PERSONAL_ACCESS_KEY',
        ownerId: joined.userId,
        createdById: joined.userId,
        grants: null,
      },
    }
    const machine = (caller: Caller): Target => ({
      path,
      key: {
        id: caller.keyId ?? '',
        kind: 'API_KEY',
        ownerId: null,
        createdById: owner.userId,
        grants: caller.holdings.flatMap(({ grants }) => grants),
      },
    })
    actors.set(
      who,
      callers.map((caller) => ({ caller, own: caller.userId === null ? machine(caller) : first })),
    )
    if (who === CAST[0]) actors.get(who)?.push({ caller: NOBODY, own: first })
  }
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
