import { beforeAll, describe, expect, it } from 'vitest'
import {
  CreateOrganizationDocument,
  CreatePersonalAccessKeyDocument,
  ExchangeKeyDocument,
  MembersDocument,
  UpdateKeyDocument,
  UpdateMemberDocument,
  ViewerDocument,
  ViewerGrantsDocument,
} from '../../src/generated/graphql.ts'
import { type Person, useApp } from '../support/boot.ts'
import { keyAfterSignIn } from '../support/people.ts'
import { claimsOf, exchange, exchanged, introspect, newestEvent, requestToken, tokenOf } from '../support/tokens.ts'

const OPERATOR_AND_AUDITOR = [
  { module: 'keys', role: 'OPERATOR' },
  { module: 'audit', role: 'VIEWER' },
] as const

describe('the grants of a token', () => {
  let below: string
  const app = useApp()
  beforeAll(async () => {
    below = await suborganization('Below')
  })

  const suborganization = async (name: string, parentId = app.organizationId) => {
    const input = { name, parentId }
    return (await app.owner.run(CreateOrganizationDocument, { input })).createOrganization.organization.id
  }
  const setGrants = async (person: Person, grants: { module: string; role: 'VIEWER' | 'MANAGER' }[]) => {
    const { organization } = await app.owner.run(MembersDocument, { organizationId: app.organizationId, first: 100 })
    const member = organization?.members?.edges.find(({ node }) => node.user.id === person.userId)
    await app.owner.run(UpdateMemberDocument, { input: { memberId: member?.node.id ?? '', grants } })
  }

  it('include nothing of another organization, which is NOT_FOUND for a foreign key', async () => {
    const key = await app.apiKey({ grants: [{ module: '*', role: 'MANAGER' }] })
    const { organizationId, owner } = await app.stranger()
    const answer = await exchange(app, key.secret, { organization_id: organizationId })
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
    const unknown = await exchange(app, key.secret, { organization_id: 'org_00000000000040008000000000000000' })
    expect(unknown.body).toEqual(answer.body)
    const error = await app.anonymous.fail(ExchangeKeyDocument, { input: { secret: key.secret, organizationId } })
    expect(error.extensions.code).toBe('NOT_FOUND')
    expect((await exchange(app, owner.secret, { organization_id: below })).body).toEqual(answer.body)
    expect(await newestEvent(app, 'ACCESS_DENIED', key.id)).toMatchObject({
      details: { reason: 'exchange', code: 'NOT_FOUND' },
    })
  })

  it.each([
    ['all that the key carries, where it says nothing', undefined, 'audit:viewer keys:operator'],
    ['the same, where it is empty', ' ', 'audit:viewer keys:operator'],
    ['a lower role', 'keys:viewer', 'keys:viewer'],
    ['some of the modules', 'audit:viewer', 'audit:viewer'],
    ['each grant once, the highest of each module', 'keys:viewer keys:operator keys:viewer', 'keys:operator'],
  ])('are, for the requested scope, %s', async (_what, scope, granted) => {
    const key = await app.apiKey({ grants: [...OPERATOR_AND_AUDITOR] })
    const { body } = await requestToken(app, key, { scope })
    expect(body.scope).toBe(granted)
    expect(claimsOf(String(body.access_token)).scope).toBe(granted)
    expect(await introspect(app, String(body.access_token))).toMatchObject({ scope: granted })
  })

  it.each([
    ['a higher role', 'keys:manager', ['keys:manager']],
    ['another module', 'keys:viewer members:viewer', ['members:viewer']],
    ['every module', '*:viewer', ['*:viewer']],
    ['the role of members alone', 'keys:owner *:owner', ['*:owner']],
    ['a module that does not exist', 'rocketry:viewer', ['rocketry:viewer']],
  ])('are never %s than those of its key', async (_what, scope, beyond) => {
    const key = await app.apiKey({ grants: [...OPERATOR_AND_AUDITOR] })
    const token = await tokenOf(app, key)
    for (const answer of [await requestToken(app, key, { scope }), await exchange(app, token, { scope })])
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_scope' } })
    const error = await app.anonymous.fail(ExchangeKeyDocument, { input: { secret: key.secret, scope } })
    expect(error.extensions.code).toBe('FORBIDDEN')
    expect([...(error.extensions.required ?? [])].sort()).toEqual([...beyond].sort())
    const denied = await newestEvent(app, 'ACCESS_DENIED', key.id)
    expect(denied).toMatchObject({ actor: { id: key.id }, details: { code: 'FORBIDDEN' } })
  })

  it.each([
    ['has no role', 'keys'],
    ['has no such role', 'keys:admin'],
    ['is in upper case', 'KEYS:VIEWER'],
    ['is separated by commas', 'keys:viewer,audit:viewer'],
    ['is longer than a token may be', 'keys:viewer '.repeat(1_000)],
  ])('cannot be requested by a scope that %s', async (_what, scope) => {
    const key = await app.apiKey({ grants: [...OPERATOR_AND_AUDITOR] })
    expect(await requestToken(app, key, { scope })).toMatchObject({ status: 400, body: { error: 'invalid_scope' } })
    const error = await app.anonymous.fail(ExchangeKeyDocument, { input: { secret: key.secret, scope } })
    expect(error.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: 'scope' }] })
  })

  it('fit into a header, or no token is issued', async () => {
    const key = await app.apiKey({ grants: [{ module: '*', role: 'MANAGER' }] })
    const scope = Array.from({ length: 400 }, (_, index) => `module-${index}:viewer`).join(' ')
    expect(scope.length).toBeLessThan(8_192)
    expect(await requestToken(app, key, { scope })).toMatchObject({ status: 400, body: { error: 'invalid_scope' } })
    const shorter = scope.slice(0, scope.indexOf(' module-200:'))
    expect(await introspect(app, await tokenOf(app, key, { scope: shorter }))).toMatchObject({ active: true })
  })

  it('are narrowed with each exchange and never widened again', async () => {
    const key = await app.apiKey({ grants: [{ module: '*', role: 'MANAGER' }] })
    const narrow = await exchanged(app, await tokenOf(app, key), { scope: 'audit:manager keys:viewer' })
    const narrower = await exchanged(app, narrow, { scope: 'audit:viewer' })
    expect(claimsOf(narrower)).toMatchObject({ scope: 'audit:viewer', client_id: key.id })
    expect(claimsOf(await exchanged(app, narrower)).scope).toBe('audit:viewer')
    for (const scope of ['keys:viewer', 'audit:manager', '*:manager'])
      expect(await exchange(app, narrower, { scope })).toMatchObject({ status: 400, body: { error: 'invalid_scope' } })
  })

  it('of a personal key are those of its owner now: they shrink with the membership and do not grow with it', async () => {
    const person = await app.person('Grace', [
      { module: 'audit', role: 'MANAGER' },
      { module: 'keys', role: 'VIEWER' },
    ])
    const { secret } = await keyAfterSignIn(app, person.userId, { name: 'everything' })
    const token = await exchanged(app, secret)
    expect(await introspect(app, token)).toMatchObject({ scope: 'audit:manager keys:viewer' })
    await setGrants(person, [{ module: 'audit', role: 'VIEWER' }])
    expect(await introspect(app, token)).toMatchObject({ active: true, scope: 'audit:viewer' })
    expect(await introspect(app, secret)).toMatchObject({ active: true, scope: 'audit:viewer' })
    expect(claimsOf(await exchanged(app, token)).scope).toBe('audit:viewer')
    expect(await exchange(app, token, { scope: 'keys:viewer' })).toMatchObject({ body: { error: 'invalid_scope' } })
    await setGrants(person, [{ module: '*', role: 'MANAGER' }])
    expect(await introspect(app, token)).toMatchObject({ scope: 'audit:manager keys:viewer' })
    expect(await introspect(app, secret)).toMatchObject({ scope: '*:manager' })
    // The first key stays within the invitation.
    expect(await introspect(app, person.secret)).toMatchObject({ scope: 'audit:manager keys:viewer' })
  })

  it('of a narrowed personal key are at most those of the key', async () => {
    const person = await app.person('Edsger', [{ module: '*', role: 'MANAGER' }])
    const { createPersonalAccessKey } = await person.client.run(CreatePersonalAccessKeyDocument, {
      input: { organizationId: app.organizationId, name: 'narrow', grants: [{ module: 'keys', role: 'VIEWER' }] },
    })
    expect(claimsOf(await exchanged(app, createPersonalAccessKey.secret)).scope).toBe('keys:viewer')
    await setGrants(person, [{ module: 'audit', role: 'VIEWER' }])
    expect(claimsOf(await exchanged(app, createPersonalAccessKey.secret)).scope).toBe('')
  })

  it("shrink immediately when an API key's own grants are withdrawn", async () => {
    const key = await app.apiKey({ grants: [...OPERATOR_AND_AUDITOR] })
    const token = await tokenOf(app, key)
    await app.owner.run(UpdateKeyDocument, { input: { id: key.id, grants: [{ module: 'keys', role: 'VIEWER' }] } })
    expect(await introspect(app, token)).toMatchObject({ active: true, scope: 'keys:viewer' })
    const bearer = app.anonymous.with(token)
    const { viewer } = await bearer.run(ViewerGrantsDocument, { organizationId: app.organizationId })
    expect(viewer.grants).toEqual([{ module: 'keys', role: 'VIEWER' }])
  })

  it('apply in the chosen sub-organization and below, and in none above', async () => {
    const key = await app.apiKey({ grants: [{ module: '*', role: 'MANAGER' }] })
    const deeper = await suborganization('Deeper', below)
    const token = await exchanged(app, key.secret, { organization_id: below })
    expect(claimsOf(token)).toMatchObject({ org: below, scope: '*:manager' })
    const { exchangeKey } = await app.anonymous.run(ExchangeKeyDocument, {
      input: { secret: key.secret, organizationId: below },
    })
    expect(claimsOf(exchangeKey.accessToken).org).toBe(below)
    const bearer = app.anonymous.with(token)
    for (const organizationId of [below, deeper])
      expect((await bearer.run(ViewerGrantsDocument, { organizationId })).viewer.grants).toHaveLength(1)
    const above = await bearer.fail(ViewerGrantsDocument, { organizationId: app.organizationId })
    expect(above.extensions.code).toBe('NOT_FOUND')
    expect(claimsOf(await exchanged(app, token)).org).toBe(below)
    expect(claimsOf(await exchanged(app, token, { organization_id: deeper })).org).toBe(deeper)
    expect(await exchange(app, token, { organization_id: app.organizationId })).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    })
  })

  it('are for its audience: Keyturn rejects it, and introspection by its audience reports it as active', async () => {
    const key = await app.apiKey({ grants: [{ module: 'keys', role: 'VIEWER' }] })
    const token = await tokenOf(app, key, { audience: 'https://build.example' })
    const bearer = app.anonymous.with(token)
    expect((await bearer.fail(ViewerDocument, {})).extensions.code).toBe('UNAUTHENTICATED')
    await expect(bearer.subscribe(ViewerDocument, {})).rejects.toThrow('4401')
    const own = await fetch(`${app.url}/identity/v1/organizations`, { headers: bearer.headers })
    expect(own.status).toBe(401)
    expect(await introspect(app, token)).toMatchObject({ active: true, aud: 'https://build.example' })
  })

  it('keep their audience: a receiver cannot exchange it for one for Keyturn or for a third party', async () => {
    const key = await app.apiKey({ grants: [{ module: 'keys', role: 'VIEWER' }] })
    const token = await tokenOf(app, key, { audience: 'https://build.example' })
    for (const fields of [{ audience: app.url }, { resource: 'https://other.example/' }])
      expect(await exchange(app, token, fields)).toMatchObject({ status: 400, body: { error: 'invalid_target' } })
    expect(claimsOf(await exchanged(app, token)).aud).toBe('https://build.example')
    expect(claimsOf(await exchanged(app, token, { audience: 'https://build.example' })).aud).toBe(
      'https://build.example',
    )
  })
})
