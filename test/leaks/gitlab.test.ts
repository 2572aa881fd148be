import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FAILURES_PER_ADDRESS } from '../../src/access/failure-limiter.ts'
import { KeyByIdDocument } from '../../src/generated/graphql.ts'
import { boot, type TestApp, useApp } from '../support/boot.ts'
import { changesIn, historyOf } from '../support/history.ts'

const TOKEN = 'token-of-gitlab-for-the-test'
const LOCATION = 'https://gitlab.example.com/group/app/-/blob/1234/deploy.sh'

describe("GitLab's token revocation API", () => {
  let app: TestApp
  beforeAll(async () => {
    app = await boot({ env: { KEYTURN_LEAKS_GITLAB_TOKEN: TOKEN, KEYTURN_KEY_PREFIX: 'acme' } })
  })
  afterAll(() => app.close())

  const call = (method: string, path: string, authorization: string | null, body?: string) =>
    fetch(`${app.url}${path}`, {
      method,
      headers: {
        ...(authorization === null ? {} : { authorization }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
    })
  const revoke = (finds: unknown, authorization: string | null = `Bearer ${TOKEN}`) =>
    call('POST', '/v1/revoke_tokens', authorization, JSON.stringify(finds))
  const find = (token: string) => ({ type: 'gitleaks_rule_id_keyturn-acme-secret', token, location: LOCATION })

  it('names the types that GitLab makes of the rules of keyturn scanner-rules', async () => {
    const response = await call('GET', '/v1/revocable_token_types', `Bearer ${TOKEN}`)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      types: ['gitleaks_rule_id_keyturn-acme-secret', 'gitleaks_rule_id_keyturn-invitation-token'],
    })
  })

  it('suspends the key of a secret and answers 204, also when it is reported again', async () => {
    const { id, secret } = await app.apiKey()
    expect((await revoke([find(secret), find('glpat-unknown')])).status).toBe(204)
    expect((await app.owner.run(KeyByIdDocument, { id })).key).toMatchObject({ status: 'SUSPENDED' })
    expect((await historyOf(app, id))[1]).toMatchObject({
      type: 'KEY_LEAKED',
      details: { reportedBy: 'GitLab', foundAt: LOCATION },
    })
    const before = await changesIn(app)
    expect((await revoke([find(secret)])).status).toBe(204)
    expect(await changesIn(app)).toEqual(before)
  })

  it('takes the token without the word Bearer, as GitLab sends it', async () => {
    expect((await revoke([], TOKEN)).status).toBe(204)
  })

  it.each([
    ['no token', null],
    ['another token', 'Bearer token-of-gitlab-for-the-tesu'],
    ['a longer token', `Bearer ${TOKEN}x`],
    ['an empty token', 'Bearer '],
  ])('refuses %s and changes nothing', async (_, authorization) => {
    const { secret } = await app.apiKey()
    const before = await changesIn(app)
    const response = await revoke([find(secret)], authorization)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/)
    expect((await call('GET', '/v1/revocable_token_types', authorization)).status).toBe(401)
    expect(await changesIn(app)).toEqual(before)
  })

  it('refuses the secret of a key, whatever it may do', async () => {
    expect((await revoke([], `Bearer ${app.ownerSecret}`)).status).toBe(401)
  })

  it.each([
    ['no JSON', '[{"token":'],
    ['an object', '{}'],
    ['a find without a token', '[{"type":"x"}]'],
  ])('refuses %s with 400', async (_, body) => {
    expect((await call('POST', '/v1/revoke_tokens', `Bearer ${TOKEN}`, body)).status).toBe(400)
  })

  it('answers other methods with 405', async () => {
    expect((await call('POST', '/v1/revocable_token_types', `Bearer ${TOKEN}`, '{}')).status).toBe(405)
    expect((await call('GET', '/v1/revoke_tokens', `Bearer ${TOKEN}`)).status).toBe(405)
  })

  it('slows down guesses, and serves GitLab all the same', async () => {
    const statuses = new Set<number>()
    for (let guess = 0; guess <= FAILURES_PER_ADDRESS; guess += 1)
      statuses.add((await call('GET', '/v1/revocable_token_types', `Bearer guess-${guess}`)).status)
    expect(statuses).toEqual(new Set([401, 429]))
    expect((await revoke([])).status).toBe(204)
  })
})

describe('without KEYTURN_LEAKS_GITLAB_TOKEN', () => {
  const app = useApp()

  it('there is no API for GitLab', async () => {
    expect((await fetch(`${app.url}/v1/revocable_token_types`)).status).toBe(404)
    const response = await fetch(`${app.url}/v1/revoke_tokens`, { method: 'POST' })
    expect(response.status).toBe(404)
  })
})
