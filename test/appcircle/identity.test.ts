import { beforeAll, describe, expect, it } from 'vitest'
import { CreateOrganizationDocument, RevokeKeyDocument } from '../../src/generated/graphql.ts'
import { guidOf } from '../../src/kernel/ids.ts'
import { type Person, useApp } from '../support/boot.ts'
import { type Answer, answerOf, exchanged, post } from '../support/tokens.ts'

const ORGANIZATIONS = '/identity/v1/organizations'
const USER_INFO = '/auth/realms/appcircle/protocol/openid-connect/userinfo'

describe("Appcircle's read routes", () => {
  let person: Person
  let below: string
  let beside: string
  const app = useApp()
  beforeAll(async () => {
    person = await app.person('Ada', [{ module: 'keys', role: 'VIEWER' }])
    below = await organization('Below')
    beside = await organization('Beside')
  })

  const organization = async (name: string) => {
    const input = { name, parentId: app.organizationId }
    return (await app.owner.run(CreateOrganizationDocument, { input })).createOrganization.organization.id
  }
  const read = async (path: string, authorization?: string): Promise<Answer> =>
    answerOf(await fetch(`${app.url}${path}`, { headers: authorization === undefined ? {} : { authorization } }))
  const as = (credential: string) => (path: string) => read(path, `Bearer ${credential}`)
  const described = (id: string, name: string) => ({
    id: guidOf(id),
    name,
    slug: expect.any(String),
    rootOrganizationId: id === app.organizationId ? null : guidOf(app.organizationId),
  })

  it("return 404 for another tenant's organization, like for one that does not exist", async () => {
    const { organizationId, owner } = await app.stranger()
    const ask = as(await exchanged(app, person.secret))
    const foreign = await ask(`${ORGANIZATIONS}/${guidOf(organizationId)}`)
    const unknown = await ask(`${ORGANIZATIONS}/00000000-0000-4000-8000-000000000000`)
    expect([foreign.status, unknown.status]).toEqual([404, 404])
    expect(foreign.body).toEqual(unknown.body)
    expect(typeof foreign.body.error).toBe('string')
    const theirs = await as(owner.secret)(ORGANIZATIONS)
    expect(theirs.body).toEqual({ data: [expect.objectContaining({ id: guidOf(organizationId) })] })
  })

  it('list the organization of the key and its descendants, with their root', async () => {
    for (const credential of [person.secret, await exchanged(app, person.secret)]) {
      const { status, body, headers } = await as(credential)(ORGANIZATIONS)
      expect(status).toBe(200)
      expect(headers.get('cache-control')).toBe('no-store')
      expect((body.data as unknown[]).length).toBe(3)
      expect(body.data).toEqual(
        expect.arrayContaining([
          described(app.organizationId, 'Default'),
          described(below, 'Below'),
          described(beside, 'Beside'),
        ]),
      )
    }
  })

  it('list only the sub-organization for its token', async () => {
    const ask = as(await exchanged(app, person.secret, { organization_id: below }))
    expect((await ask(ORGANIZATIONS)).body).toEqual({ data: [described(below, 'Below')] })
    expect((await ask(`${ORGANIZATIONS}/${guidOf(below)}`)).body).toEqual(described(below, 'Below'))
    for (const id of [app.organizationId, beside])
      expect((await ask(`${ORGANIZATIONS}/${guidOf(id)}`)).status).toBe(404)
  })

  it.each(['x', 'org_00000000000040008000000000000000', '%20', 'a'.repeat(90)])(
    'know no organization with the GUID %s',
    async (guid) => {
      const answer = await as(person.secret)(`${ORGANIZATIONS}/${guid}`)
      expect([answer.status, typeof answer.body.error]).toEqual([404, 'string'])
    },
  )

  it('accept a GUID in either case', async () => {
    const answer = await as(person.secret)(`${ORGANIZATIONS}/${guidOf(below).toUpperCase()}`)
    expect(answer.body).toEqual(described(below, 'Below'))
  })

  it('return the owner of a personal key or its token, and the organization that it is valid in', async () => {
    const info = { sub: person.userId, name: 'Ada', email: expect.stringMatching(/^ada\.\d+@example\.com$/) }
    const home = guidOf(app.organizationId)
    expect((await as(person.secret)(USER_INFO)).body).toEqual({ ...info, currentOrganizationId: home })
    const login = await post(app, '/auth/v2/token', { pat: person.secret, subOrganization: 'below' })
    expect((await as(String(login.body.access_token))(USER_INFO)).body).toEqual({
      ...info,
      currentOrganizationId: guidOf(below),
    })
  })

  it('return id and name of an API key', async () => {
    const key = await app.apiKey({ name: 'robot' })
    expect((await as(key.secret)(USER_INFO)).body).toEqual({
      sub: key.id,
      name: 'robot',
      email: '',
      currentOrganizationId: guidOf(app.organizationId),
    })
  })

  it.each([ORGANIZATIONS, `${ORGANIZATIONS}/00000000-0000-4000-8000-000000000000`, USER_INFO])(
    '%s answers invalid credentials with 401, a challenge and a message',
    async (path) => {
      const key = await app.apiKey()
      const token = await exchanged(app, key.secret)
      await app.owner.run(RevokeKeyDocument, { input: { id: key.id } })
      const foreign = await exchanged(app, person.secret, { audience: 'somebody-else' })
      const bad = [key.secret, token, foreign, 'x', `${token}x`].map((credential) => `Bearer ${credential}`)
      for (const authorization of [undefined, 'Basic eDp5', 'Bearer', ...bad]) {
        const { status, body, headers } = await read(path, authorization)
        expect([status, typeof body.error, headers.get('www-authenticate')]).toEqual([
          401,
          'string',
          'Bearer realm="keyturn"',
        ])
        expect(headers.get('cache-control')).toBe('no-store')
      }
    },
  )
})
