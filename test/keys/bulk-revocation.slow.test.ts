import { describe, expect, it } from 'vitest'
import {
  ApiKeysDocument,
  CreateApiKeyDocument,
  CreateOrganizationDocument,
  CreatePersonalAccessKeyDocument,
  type KeyFilter,
  RevokeKeysDocument,
  type RevokeKeysInput,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { newId } from '../../src/kernel/ids.ts'
import { KeyEntity } from '../../src/keys/key.entity.ts'
import { findKey } from '../../src/keys/keys.store.ts'
import { type TestApp, useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { changesIn, historyOf } from '../support/history.ts'

describe.each(ENGINES)('revoking many keys on %s', (engine) => {
  let count = 0
  const app = useApp({ engine })

  const create = async (prefix: string, organizationId = app.organizationId) => {
    count += 1
    const { createApiKey } = await app.owner.run(CreateApiKeyDocument, {
      input: { organizationId, name: `${prefix} ${count}`, grants: [] },
    })
    return { id: createApiKey.apiKey.id, client: app.anonymous.with(createApiKey.secret) }
  }
  const input = (filter: KeyFilter, expectedCount: number, more: Partial<RevokeKeysInput> = {}) => ({
    input: { organizationId: app.organizationId, filter, expectedCount, ...more },
  })
  const works = async (client: TestApp['owner']) => (await client.try(ViewerDocument, {})).errors === undefined
  const activeOf = async (search: string, organizationId = app.organizationId) => {
    const filter = { search, status: ['ACTIVE' as const] }
    const { organization } = await app.owner.run(ApiKeysDocument, { organizationId, filter, first: 1 })
    return organization?.apiKeys?.totalCount
  }

  it('is NOT_FOUND for another tenant, and needs keys:manager in the own organization', async () => {
    const key = await create('guarded')
    const { owner } = await app.stranger()
    const operator = await app.person('Otto', [{ module: 'keys', role: 'OPERATOR' }])
    const before = await changesIn(app)
    const all = input({ search: 'guarded' }, 1)
    expect((await owner.client.fail(RevokeKeysDocument, all)).extensions.code).toBe('NOT_FOUND')
    expect((await operator.client.fail(RevokeKeysDocument, all)).extensions).toMatchObject({
      code: 'FORBIDDEN',
      required: ['keys:manager'],
    })
    expect(await changesIn(app)).toEqual(before)
    expect(await works(key.client)).toBe(true)
  })

  it.each([0, 2, 4, 1_000])('revokes nothing if %i keys are expected and there are three', async (expected) => {
    const prefix = `counted ${expected}`
    for (let made = 0; made < 3; made += 1) await create(prefix)
    const before = await changesIn(app)
    const error = await app.owner.fail(RevokeKeysDocument, input({ search: prefix }, expected))
    expect(error.extensions.code).toBe('CONFLICT')
    expect(error.message).toContain('3 keys')
    expect(await changesIn(app)).toEqual(before)
    expect(await activeOf(prefix)).toBe(3)
  })

  it('revokes exactly the keys that the filter selects, each with its event', async () => {
    const wanted = [await create('ended'), await create('ended'), await create('ended')]
    const other = await create('spared')
    const [first, ...rest] = wanted
    // What was revoked before does not count.
    await app.owner.run(RevokeKeysDocument, input({ search: first?.id ?? '' }, 1))
    const { revokeKeys } = await app.owner.run(
      RevokeKeysDocument,
      input({ search: 'ended' }, 2, { reason: 'NO_LONGER_NEEDED' }),
    )
    expect(revokeKeys.revokedCount).toBe(2)
    for (const { id, client } of rest) {
      expect(await works(client)).toBe(false)
      expect((await historyOf(app, id))[1]).toMatchObject({
        type: 'KEY_REVOKED',
        actor: { kind: 'USER' },
        details: { kind: 'API_KEY', reason: 'NO_LONGER_NEEDED' },
      })
    }
    expect(await works(other.client)).toBe(true)
    const again = await app.owner.run(RevokeKeysDocument, input({ search: 'ended' }, 0))
    expect(again.revokeKeys.revokedCount).toBe(0)
  })

  it('is limited to one organization and, on request, to one kind', async () => {
    const { createOrganization } = await app.owner.run(CreateOrganizationDocument, {
      input: { name: 'Below', parentId: app.organizationId },
    })
    const below = createOrganization.organization.id
    await create('everywhere', below)
    await create('everywhere')
    const { createPersonalAccessKey } = await app.owner.run(CreatePersonalAccessKeyDocument, {
      input: { organizationId: app.organizationId, name: 'everywhere, personal' },
    })
    const filter = { search: 'everywhere' }
    expect((await app.owner.fail(RevokeKeysDocument, input(filter, 3))).extensions.code).toBe('CONFLICT')
    await app.owner.run(RevokeKeysDocument, input(filter, 1, { kind: 'PERSONAL_ACCESS_KEY' }))
    expect(await works(app.anonymous.with(createPersonalAccessKey.secret))).toBe(false)
    expect(await activeOf('everywhere')).toBe(1)
    await app.owner.run(RevokeKeysDocument, input(filter, 1))
    expect(await activeOf('everywhere', below)).toBe(1)
  })

  it.each([
    [{ search: 'x'.repeat(201) }, 0, 'filter.search'],
    [{ search: 'a\u0000b' }, 0, 'filter.search'],
    [{ projectId: 'prj_1' }, 0, 'filter.projectId'],
    [{ createdById: 'somebody' }, 0, 'filter.createdById'],
    [{ module: 'Not a module' }, 0, 'filter.module'],
    [{}, -1, 'expectedCount'],
  ])('rejects %j with %i', async (filter, expected, path) => {
    const error = await app.owner.fail(RevokeKeysDocument, input(filter, expected))
    expect(error.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path }] })
  })

  it('revokes more than a thousand keys at once, and never more than ten thousand', async () => {
    const { id } = await create('template')
    const copy = (prefix: string, copies: number) =>
      app.app.parts.services.database.write(async (writer) => {
        const row = await findKey(writer, id)
        if (row === null) throw new Error('The template is gone.')
        const rows = Array.from({ length: copies }, (_, index) => {
          const name = `${prefix} ${index}`
          return { ...row, id: newId('key'), name, activeName: name, searchText: name }
        })
        for (let start = 0; start < rows.length; start += 500)
          await writer.manager.insert(KeyEntity, rows.slice(start, start + 500) as object[])
      })
    await copy('many of them', 1_200)
    await copy('too many of them', 9_000)
    const limit = await app.owner.fail(RevokeKeysDocument, input({ search: 'of them' }, 10_200))
    expect(limit.extensions.code).toBe('LIMIT_REACHED')
    expect(await activeOf('of them')).toBe(10_200)
    // A search finds parts of names, and every one of the many too many is one of the many as well.
    const filter = { search: 'many of them 1' }
    const found = (await activeOf('many of them 1')) ?? 0
    expect(found).toBeGreaterThan(1_000)
    const { revokeKeys } = await app.owner.run(RevokeKeysDocument, input(filter, found))
    expect(revokeKeys.revokedCount).toBe(found)
    expect(await activeOf('many of them 1')).toBe(0)
    expect(await activeOf('of them')).toBe(10_200 - found)
    const { data } = await app.owner.send<{ organization: { auditVerification: { intact: boolean } } }>(
      'query ($id: ID!) { organization(id: $id) { auditVerification { intact } } }',
      { id: app.organizationId },
    )
    expect(data?.organization.auditVerification.intact).toBe(true)
  })
})
