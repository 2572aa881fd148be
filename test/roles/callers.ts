import type { TestApp } from '../support/boot.ts'
import { ask, grantInputs, type Joined, join } from './furniture.ts'
import type { Caller } from './oracle.ts'

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
  cast('a member without a grant', 'root', []),
  cast('a manager of the sub-organization', 'sub', ['*:manager']),
  cast('the owner of another tenant', 'stranger', ['*:owner']),
]

interface Place {
  readonly organizationId: string
}

const EXCHANGE = 'mutation($input: ExchangeKeyInput!) { exchangeKey(input: $input) { accessToken } }'

/** Every credential that somebody may have, the good ones first. */
export const callersOf = async (
  app: TestApp,
  who: Cast,
  { organizationId }: Place,
  providerToken: string | null,
): Promise<{ readonly joined: Joined; readonly callers: Caller[] }> => {
  const joined = await join(app, app.owner, organizationId, { email: who.email, grants: who.grants })
  const client = app.anonymous.with(joined.secret)
  const base = { name: who.name, narrowedTo: null, good: true, within: organizationId }
  const person = { ...base, userId: joined.userId, holdings: [{ organizationId, grants: who.grants }] }
  const exchange = async (secret: string, scope?: string): Promise<string> =>
    (
      await ask<{ exchangeKey: { accessToken: string } }>(app.anonymous, EXCHANGE, {
        input: { secret, ...(scope === undefined ? {} : { scope }) },
      })
    ).exchangeKey.accessToken
  const personal = async (name: string, more: object) => {
    const { createPersonalAccessKey: made } = await ask<{
      createPersonalAccessKey: { personalAccessKey: { id: string }; secret: string }
    }>(
      client,
      `mutation($input: CreatePersonalAccessKeyInput!) { createPersonalAccessKey(input: $input) {
         personalAccessKey { id } secret } }`,
      { input: { organizationId, name, ...more } },
    )
    return { id: made.personalAccessKey.id, secret: made.secret }
  }
  // An API key is never an owner: the most that it can carry is to manage everything.
  const machineGrants = who.grants.map((grant) => grant.replace('owner', 'manager'))
  const { createApiKey } = await ask<{ createApiKey: { apiKey: { id: string }; secret: string } }>(
    app.owner,
    'mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey { id } secret } }',
    { input: { organizationId, name: `of ${who.name}`, grants: grantInputs(machineGrants) } },
  )
  const machine = {
    ...base,
    userId: null,
    keyId: createApiKey.apiKey.id,
    holdings: [{ organizationId, grants: machineGrants }],
  }
  const nothing = await personal('Nothing', { grants: [] })
  const viewing = who.grants.length === 0 ? [] : [who.grants[0]?.replace(/:.*/, ':viewer') ?? '']
  const [expired, revoked, suspended] = [
    await personal('Expired', { expiresIn: 'PT1S' }),
    await personal('Revoked', {}),
    await personal('Suspended', {}),
  ]
  const expiredToken = await exchange(expired.secret)
  const revokedToken = await exchange(revoked.secret)
  await ask(client, `mutation { revokeKey(input: { id: "${revoked.id}" }) { key { id } } }`)
  await ask(client, `mutation { suspendKey(input: { id: "${suspended.id}" }) { key { id } } }`)
  const own = { ...person, keyId: joined.keyId }
  const bad = { ...own, good: false }
  const callers: Caller[] = [
    { ...own, credential: 'personal key', bearer: joined.secret },
    { ...own, credential: 'token of the personal key', bearer: await exchange(joined.secret), narrowedTo: who.grants },
    { ...machine, credential: 'API key', bearer: createApiKey.secret },
    {
      ...machine,
      credential: 'token of the API key',
      bearer: await exchange(createApiKey.secret),
      narrowedTo: machineGrants,
    },
    {
      ...person,
      keyId: nothing.id,
      credential: 'token without a grant',
      bearer: await exchange(nothing.secret),
      narrowedTo: [],
    },
    ...(viewing.length === 0
      ? []
      : [
          {
            ...own,
            credential: 'token of a smaller scope',
            bearer: await exchange(joined.secret, viewing.join(' ')),
            narrowedTo: viewing,
          },
        ]),
    ...(providerToken === null
      ? []
      : [{ ...person, keyId: null, within: null, credential: "identity provider's token", bearer: providerToken }]),
    { ...bad, credential: 'expired key', bearer: expired.secret },
    { ...bad, credential: 'expired token', bearer: expiredToken },
    { ...bad, credential: 'revoked key', bearer: revoked.secret },
    { ...bad, credential: 'token of the revoked key', bearer: revokedToken },
    { ...bad, credential: 'suspended key', bearer: suspended.secret },
  ]
  return { joined, callers }
}
