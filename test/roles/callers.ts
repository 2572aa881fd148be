import type { TestApp } from '../support/boot.ts'
import type { TestClient } from '../support/client.ts'
import { ask, grantInputs, join, sessionOf } from './furniture.ts'
import type { Caller, Own, Target } from './oracle.ts'

/** Somebody in the matrix, before they have a credential. */
export interface Cast {
  readonly name: string
  readonly email: string
  readonly grants: readonly string[]
  readonly place: 'root' | 'sub' | 'stranger'
}

const MODULES = ['keys', 'members', 'audit', 'tokens']
const ROLES = ['viewer', 'operator', 'manager']

const cast = (name: string, place: Cast['place'], grants: readonly string[]): Cast => ({
  name,
  email: `${name.toLowerCase().replaceAll(/[^a-z]+/g, '.')}@example.com`,
  grants,
  place,
})

export const CAST: readonly Cast[] = [
  cast('an owner', 'root', ['*:owner']),
  ...MODULES.flatMap((module) => ROLES.map((role) => cast(`${module}:${role}`, 'root', [`${module}:${role}`]))),
  // Those who may do much but one thing, so that it shows where another is taken for it.
  cast('a manager of all but the members', 'root', ['audit:manager', 'keys:manager', 'tokens:manager']),
  cast('a manager of all but the audit', 'root', ['audit:viewer', 'keys:manager', 'members:manager', 'tokens:manager']),
  cast('a member without a grant', 'root', []),
  cast('a manager of the sub-organization', 'sub', ['*:manager']),
  cast('the owner of another tenant', 'stranger', ['*:owner']),
]

interface Place {
  readonly organizationId: string
  readonly path: readonly string[]
}

/** Tokens of the identity provider for a person: one valid, one expired. */
export interface ProviderTokens {
  readonly good: string
  readonly expired: string
}

const EXCHANGE = 'mutation($input: ExchangeKeyInput!) { exchangeKey(input: $input) { accessToken } }'
const API_KEY = 'mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { key: apiKey { id } secret } }'
const PERSONAL_KEY = `mutation($input: CreatePersonalAccessKeyInput!) {
  createPersonalAccessKey(input: $input) { key: personalAccessKey { id } secret } }`

interface Made {
  readonly id: string
  readonly secret: string
}
/** Makes a key of one kind for somebody. */
type Make = (name: string, more: object) => Promise<Made>

const maker =
  (by: TestClient, mutation: string, input: object): Make =>
  async (name, more) => {
    const answer = await ask<Record<string, { readonly key: { readonly id: string }; readonly secret: string }>>(
      by,
      mutation,
      { input: { ...input, name, ...more } },
    )
    const [made] = Object.values(answer)
    if (made === undefined) throw new Error('No key was made.')
    return { id: made.key.id, secret: made.secret }
  }

const exchange = async (app: TestApp, secret: string, scope?: string): Promise<string> => {
  const input = { secret, audience: app.url, ...(scope === undefined ? {} : { scope }) }
  return (await ask<{ exchangeKey: { accessToken: string } }>(app.anonymous, EXCHANGE, { input })).exchangeKey
    .accessToken
}

/** Keys that ended in every way, and their tokens: nobody comes in by any of them. */
const endedCallers = async (app: TestApp, caller: Caller, kind: string, make: Make, by: TestClient) => {
  const [expired, revoked, suspended] = [
    await make(`Expired ${caller.name}`, { expiresIn: 'PT1S' }),
    await make(`Revoked ${caller.name}`, {}),
    await make(`Suspended ${caller.name}`, {}),
  ]
  const callers: Caller[] = []
  for (const [how, { id, secret }] of Object.entries({ expired, revoked, suspended })) {
    const ended = { ...caller, keyId: id, good: false }
    callers.push({ ...ended, credential: `${how} ${kind}`, bearer: secret })
    callers.push({
      ...ended,
      credential: `token of the ${how} ${kind}`,
      ownPowers: false,
      bearer: await exchange(app, secret),
    })
  }
  await ask(by, `mutation { revokeKey(input: { id: "${revoked.id}" }) { key { id } } }`)
  // By a manager who owns none of them: nobody takes that suspension over.
  await ask(app.owner, `mutation { suspendKey(input: { id: "${suspended.id}" }) { key { id } } }`)
  return { callers, suspended }
}

/** Every credential that a person can have, the valid ones first, and what belongs to them. */
export const callersOf = async (
  app: TestApp,
  who: Cast,
  { organizationId, path }: Place,
  founder: { readonly userId: string; readonly below: readonly (readonly string[])[] },
  tokens: ProviderTokens,
): Promise<{ readonly caller: Caller; readonly own: Own }[]> => {
  const joined = await join(app, app.owner, organizationId, { email: who.email, grants: who.grants })
  const client = app.anonymous.with(joined.secret)
  const makePersonal = maker(client, PERSONAL_KEY, { organizationId })
  // An API key is never an owner: the most that it can carry is to manage everything.
  const machineGrants = who.grants.map((grant) => grant.replace('owner', 'manager'))
  const makeMachine = maker(app.owner, API_KEY, { organizationId, grants: grantInputs(machineGrants) })
  const base = {
    name: who.name,
    narrowedTo: null,
    ownPowers: true,
    good: true,
    within: organizationId,
    bearer: null,
    credential: '',
  }
  const person: Caller = {
    ...base,
    userId: joined.userId,
    keyId: null,
    holdings: [{ organizationId, grants: who.grants }],
  }
  // The first key is narrowed to the invitation's grants, and so are the keys that are made with it.
  const first: Caller = { ...person, keyId: joined.keyId, narrowedTo: who.grants }
  const ofMachine = await makeMachine(`of ${who.name}`, {})
  const machine: Caller = {
    ...base,
    userId: null,
    keyId: ofMachine.id,
    holdings: [{ organizationId, grants: machineGrants }],
  }
  const nothing = await makePersonal('Nothing', { grants: [] })
  const viewing = who.grants.map((grant) => grant.replace(/:.*/, ':viewer'))
  const endedPersonal = await endedCallers(app, first, 'personal key', makePersonal, client)
  const endedMachines = await endedCallers(app, machine, 'API key', makeMachine, app.owner)
  const makeOwn = maker(client, API_KEY, { organizationId, grants: [] })
  const operates = who.grants.includes('keys:operator')
  const madeKey = operates ? await makeOwn(`made by ${who.name}`, {}) : null
  const madeSuspended = operates ? await makeOwn(`suspended by ${who.name}`, {}) : null
  if (madeSuspended !== null)
    await ask(client, `mutation { suspendKey(input: { id: "${madeSuspended.id}" }) { key { id } } }`)

  const callers: Caller[] = [
    { ...first, credential: 'personal key', bearer: joined.secret },
    {
      ...first,
      credential: 'token of the personal key',
      ownPowers: false,
      bearer: await exchange(app, joined.secret),
      narrowedTo: who.grants,
    },
    { ...machine, credential: 'API key', bearer: ofMachine.secret },
    {
      ...machine,
      credential: 'token of the API key',
      ownPowers: false,
      bearer: await exchange(app, ofMachine.secret),
      narrowedTo: machineGrants,
    },
    {
      ...person,
      keyId: nothing.id,
      credential: 'token without a grant',
      ownPowers: false,
      bearer: await exchange(app, nothing.secret),
      narrowedTo: [],
    },
    ...(viewing.length === 0
      ? []
      : [
          {
            ...first,
            credential: 'token of a smaller scope',
            ownPowers: false,
            bearer: await exchange(app, joined.secret, viewing.join(' ')),
            narrowedTo: viewing,
          },
        ]),
    { ...person, within: null, credential: "identity provider's token", bearer: tokens.good },
    { ...person, within: null, credential: "expired identity provider's token", bearer: tokens.expired, good: false },
    ...endedPersonal.callers,
    ...endedMachines.callers,
  ]

  const personalTarget = (id: string): Target => ({
    path,
    key: { id, kind: 'PERSONAL_ACCESS_KEY', ownerId: joined.userId, createdById: joined.userId, grants: who.grants },
  })
  const machineTarget = (id: string, createdById: string, grants: readonly string[]): Target => ({
    path,
    key: { id, kind: 'API_KEY', ownerId: null, createdById, grants },
  })
  const own = {
    session: { id: await sessionOf(app, joined.secret), target: { path: null, userId: joined.userId } },
    user: { path, userId: joined.userId, below: founder.below },
    suspended: personalTarget(endedPersonal.suspended.id),
    made: madeKey === null ? null : machineTarget(madeKey.id, joined.userId, []),
    madeSuspended: madeSuspended === null ? null : machineTarget(madeSuspended.id, joined.userId, []),
  }
  return callers.map((caller) => ({
    caller,
    own: {
      ...own,
      key:
        caller.userId === null
          ? machineTarget(ofMachine.id, founder.userId, machineGrants)
          : personalTarget(joined.keyId),
    },
  }))
}
