import { beforeAll, describe, expect, it } from 'vitest'
import { CreateOrganizationDocument } from '../../src/generated/graphql.ts'
import { guidOf } from '../../src/kernel/ids.ts'
import { newSecret } from '../../src/kernel/secret-text.ts'
import { type Person, useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { type Answer, answerOf, claimsOf, type Fields, introspect, newestEvent, post } from '../support/tokens.ts'

const API_KEY = '/auth/v1/api-key/token'

const expectToken = ({ status, body, headers }: Answer): string => {
  expect(body).toEqual({
    access_token: expect.any(String),
    token_type: 'Bearer',
    expires_in: 3_600,
    key_expires_at: expect.any(Number),
  })
  expect(status).toBe(200)
  expect(headers.get('cache-control')).toBe('no-store')
  return String(body.access_token)
}

/** Appcircle's clients show `error`, which must be a text. */
const expectError = ({ status, body, headers }: Answer, expected: number, text: string | RegExp = /./) => {
  expect({ status, kind: typeof body.error }).toEqual({ status: expected, kind: 'string' })
  expect(body.error).toMatch(text)
  expect(body.error_description).toBe(body.error)
  expect(headers.get('cache-control')).toBe('no-store')
}

describe.each(ENGINES)("Appcircle's log-in routes on %s", (engine) => {
  let person: Person
  let below: { id: string; guid: string }
  const app = useApp({ engine })
  beforeAll(async () => {
    person = await app.person('Ada', [{ module: '*', role: 'OPERATOR' }])
    below = await organization('Mobile Team', app.organizationId, 'mobile')
  })

  const organization = async (name: string, parentId: string, slug?: string) => {
    const input = slug === undefined ? { name, parentId } : { name, parentId, slug }
    const { createOrganization } = await app.owner.run(CreateOrganizationDocument, { input })
    return { id: createOrganization.organization.id, guid: guidOf(createOrganization.organization.id) }
  }

  describe('for personal access keys', () => {
    const ROUTES = [
      ['/auth/v1/token', 'pat'],
      ['/auth/v1/token', 'personal-access-key'],
      ['/auth/v2/token', 'pat'],
      ['/auth/v3/token', 'personalAccessKey'],
    ] as const

    it.each(ROUTES)('%s accepts %s and returns a token with its organization as a GUID', async (path, name) => {
      const token = expectToken(await post(app, path, { [name]: person.secret, scope: 'whatever' }))
      expect(claimsOf(token)).toMatchObject({
        sub: person.userId,
        client_id: person.keyId,
        org: app.organizationId,
        scope: '*:operator',
        currentOrganizationId: guidOf(app.organizationId),
      })
      expect(await introspect(app, token)).toMatchObject({ active: true })
      expect(await newestEvent(app, 'TOKEN_ISSUED', person.keyId)).toMatchObject({
        details: { tokenId: claimsOf(token).jti },
      })
    })

    it.each(ROUTES)('%s rejects an invalid %s with 401, a missing one with 400', async (path, name) => {
      for (const secret of [newSecret('kt', 'pk'), 'x', person.secret.slice(0, -1)])
        expectError(await post(app, path, { [name]: secret }), 401)
      expectError(await post(app, path, {}), 400, 'is missing')
      expectError(await post(app, path, { [name]: '' }), 400, 'is missing')
      expectError(await post(app, path, { [name]: [person.secret, person.secret] }), 400, 'more than once')
    })

    it('reject an API key, and the attempt is in its audit log', async () => {
      const key = await app.apiKey()
      for (const [path, name] of ROUTES) expectError(await post(app, path, { [name]: key.secret }), 401)
      expect(await newestEvent(app, 'ACCESS_DENIED', key.id)).toMatchObject({ details: { reason: 'wrong-kind' } })
    })

    it('accept only their own fields', async () => {
      expectError(await post(app, '/auth/v3/token', { pat: person.secret }), 400)
      expectError(await post(app, '/auth/v2/token', { personalAccessKey: person.secret }), 400)
      const ignored = await post(app, '/auth/v1/token', { pat: person.secret, subOrganization: 'mobile' })
      expect(claimsOf(expectToken(ignored)).org).toBe(app.organizationId)
    })

    it.each<[string, string, () => Fields]>([
      ['v2', 'the slug', () => ({ subOrganization: 'mobile' })],
      ['v2', 'the name', () => ({ subOrganization: 'Mobile Team' })],
      ['v2', 'the GUID', () => ({ subOrganization: below.guid })],
      ['v2', 'the GUID in upper case', () => ({ subOrganizationId: below.guid.toUpperCase() })],
      ['v2', 'nothing, where it is empty', () => ({ subOrganization: '', subOrganizationId: below.guid })],
      ['v3', 'the slug', () => ({ subOrganization: 'mobile' })],
      ['v3', 'the name with spaces around it', () => ({ subOrganization: ' Mobile Team ' })],
      ['v3', 'the GUID', () => ({ subOrganization: below.guid })],
    ])('%s accepts the sub-organization by %s', async (version, _what, fields) => {
      const name = version === 'v2' ? 'pat' : 'personalAccessKey'
      const answer = await post(app, `/auth/${version}/token`, { [name]: person.secret, ...fields() })
      expect(claimsOf(expectToken(answer))).toMatchObject({ org: below.id, currentOrganizationId: below.guid })
    })

    it('find a sub-organization at any depth, and by a non-ASCII name in either normal form', async () => {
      const deep = await organization('Équipe Ünïcode', below.id)
      for (const subOrganization of ['Équipe Ünïcode'.normalize('NFC'), 'Équipe Ünïcode'.normalize('NFD')])
        expect(
          claimsOf(expectToken(await post(app, '/auth/v2/token', { pat: person.secret, subOrganization }))).org,
        ).toBe(deep.id)
    })

    it('prefer the slug to a name, so that naming an organization like another one redirects no log-in', async () => {
      await organization('mobile', app.organizationId, 'impostor')
      const { body } = await post(app, '/auth/v2/token', { pat: person.secret, subOrganization: 'mobile' })
      expect(claimsOf(String(body.access_token)).org).toBe(below.id)
    })

    it('reject an ambiguous name with 400, and say what to send instead', async () => {
      await organization('Twins', app.organizationId, 'twin-1')
      await organization('Twins', app.organizationId, 'twin-2')
      expectError(await post(app, '/auth/v2/token', { pat: person.secret, subOrganization: 'Twins' }), 400, 'GUID')
    })

    it('reject an organization without access with 403, existing or not, and the attempt is in the audit log', async () => {
      const { organizationId } = await app.stranger()
      const unknown = ['nowhere', '00000000-0000-4000-8000-000000000000', '00000000-0000-0000-0000-000000000000']
      for (const subOrganization of [guidOf(organizationId), organizationId, 'Stranger', 'stranger', ...unknown])
        expectError(
          await post(app, '/auth/v2/token', { pat: person.secret, subOrganization }),
          403,
          'There is no access to that organization.',
        )
      expect(await newestEvent(app, 'ACCESS_DENIED', person.keyId)).toMatchObject({ details: { code: 'FORBIDDEN' } })
    })
  })

  describe('for API keys', () => {
    it.each([
      ['a plain name', 'deploy'],
      ['spaces', 'my  key of 2026'],
      ['a plus', 'c++ & c#'],
      ['what forms are made of', 'a=b&c=d;e%20f%zz'],
      ['quotes and slashes', `"it's" \\ / <b>`],
      ['letters beyond ASCII', 'Zażółć gęślą jaźń'],
      ['beyond the basic plane', '鍵 🔑'],
    ])('accepts the name and the secret of a key whose name has %s', async (_what, name) => {
      const key = await app.apiKey({ name, grants: [{ module: 'keys', role: 'VIEWER' }] })
      const token = expectToken(await post(app, API_KEY, { name, secret: key.secret }))
      expect(claimsOf(token)).toMatchObject({
        sub: key.id,
        client_id: key.id,
        scope: 'keys:viewer',
        currentOrganizationId: guidOf(app.organizationId),
      })
      expectToken(await post(app, API_KEY, { name: ` ${name.normalize('NFD')} `, secret: key.secret }))
    })

    it('decodes plus, percent escapes and UTF-8 like form fields', async () => {
      const key = await app.apiKey({ name: 'a b+c ü' })
      for (const name of ['a+b%2Bc+%C3%BC', 'a%20b%2bc%20%c3%bc', 'a+b%2Bc+ü']) {
        const answer = await fetch(`${app.url}${API_KEY}`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: `name=${name}&secret=${key.secret}`,
        })
        expectToken(await answerOf(answer))
      }
    })

    it('rejects an invalid name or secret with 401, and a valid secret with a wrong name is in the audit log', async () => {
      const key = await app.apiKey({ name: 'ours' })
      expectError(await post(app, API_KEY, { name: 'theirs', secret: key.secret }), 401)
      expect(await newestEvent(app, 'ACCESS_DENIED', key.id)).toMatchObject({ details: { reason: 'wrong-name' } })
      expectError(await post(app, API_KEY, { name: 'OURS', secret: key.secret }), 401)
      expectError(await post(app, API_KEY, { name: 'ours', secret: newSecret('kt', 'ak') }), 401)
      expectError(await post(app, API_KEY, { name: 'Ada', secret: person.secret }), 401)
      expect(await newestEvent(app, 'ACCESS_DENIED', person.keyId)).toMatchObject({ details: { reason: 'wrong-kind' } })
    })

    it.each([
      ['no name', { name: undefined }],
      ['an empty name', { name: '' }],
      ['no secret', { secret: undefined }],
      ['two names', { name: ['a', 'b'] }],
    ])('rejects %s with 400', async (_what, fields) => {
      expectError(await post(app, API_KEY, { name: 'a', secret: 'b', ...fields }), 400)
    })

    it.each([
      'here',
      '1',
      'org_00000000000040008000000000000000',
      '{00000000-0000-4000-8000-000000000000}',
      '0'.repeat(32),
    ])('rejects an organizationId of %s with 400 and the message that its clients expect', async (organizationId) => {
      const key = await app.apiKey({ name: `for ${organizationId}` })
      expectError(
        await post(app, API_KEY, { name: `for ${organizationId}`, secret: key.secret, organizationId }),
        400,
        'organizationId must be a valid GUID',
      )
    })

    it('rejects an organization without access with 403, existing or not, and the attempt is in the audit log', async () => {
      const { organizationId } = await app.stranger()
      const key = await app.apiKey({ name: 'at home' })
      for (const guid of [
        guidOf(organizationId),
        '00000000-0000-4000-8000-000000000000',
        '00000000-0000-0000-0000-000000000000',
      ])
        expectError(await post(app, API_KEY, { name: 'at home', secret: key.secret, organizationId: guid }), 403)
      expect(await newestEvent(app, 'ACCESS_DENIED', key.id)).toMatchObject({ details: { code: 'FORBIDDEN' } })
      await app.apiKey({ name: 'lower', organizationId: below.id }).then(async ({ secret }) => {
        const above = { name: 'lower', secret, organizationId: guidOf(app.organizationId) }
        expectError(await post(app, API_KEY, above), 403)
      })
    })

    it('returns a token for the organization or a descendant, with its GUID in either case', async () => {
      const key = await app.apiKey({ name: 'both' })
      const ask = async (organizationId: string) =>
        claimsOf(expectToken(await post(app, API_KEY, { name: 'both', secret: key.secret, organizationId }))).org
      expect(await ask(guidOf(app.organizationId))).toBe(app.organizationId)
      expect(await ask(below.guid.toUpperCase())).toBe(below.id)
    })
  })

  it.each(['/auth/v1/token', '/auth/v2/token', '/auth/v3/token', API_KEY])(
    '%s accepts only POST with a form, and says so in a message',
    async (path) => {
      const json = { 'content-type': 'application/json' }
      const send = async (init: RequestInit) => answerOf(await fetch(`${app.url}${path}`, init))
      expectError(await send({ method: 'POST', headers: json, body: '{"pat":"x"}' }), 415, 'x-www-form-urlencoded')
      for (const init of [{ method: 'GET' }, { method: 'PUT', headers: json, body: '{' }, { method: 'DELETE' }]) {
        const answer = await send(init)
        expectError(answer, 405, 'POST')
        expect(answer.headers.get('allow')).toBe('POST')
      }
      expectError(await post(app, path, { pat: 'x'.repeat(140_000) }), 413)
    },
  )
})
