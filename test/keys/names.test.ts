import { describe, expect, it } from 'vitest'
import {
  CreateApiKeyDocument,
  CreateOrganizationDocument,
  CreatePersonalAccessKeyDocument,
  RevokeKeyDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
  UpdateKeyDocument,
} from '../../src/generated/graphql.ts'
import { useApp } from '../support/boot.ts'
import type { TestClient } from '../support/client.ts'
import { ENGINES } from '../support/engines.ts'
import { historyOf } from '../support/history.ts'
import { ManualClock } from '../support/manual-clock.ts'

describe.each(ENGINES)('the name of a key on %s', (engine) => {
  const clock = new ManualClock()
  const app = useApp({ engine, clock })

  const create = (name: string, more: { organizationId?: string; expiresIn?: string } = {}) => ({
    input: { organizationId: app.organizationId, name, grants: [], ...more },
  })
  const idOf = async (name: string, more = {}) =>
    (await app.owner.run(CreateApiKeyDocument, create(name, more))).createApiKey.apiKey.id
  const mine = (name: string, organizationId = app.organizationId) => ({ input: { organizationId, name } })
  const codeOf = async (name: string, more = {}) =>
    (await app.owner.fail(CreateApiKeyDocument, create(name, more))).extensions.code

  it('is taken while its key is active or suspended, and free once it is revoked', async () => {
    const id = await idOf('deploy')
    expect(await codeOf('deploy')).toBe('CONFLICT')
    expect(await codeOf(' deploy ')).toBe('CONFLICT')
    await app.owner.run(SuspendKeyDocument, { id })
    expect(await codeOf('deploy')).toBe('CONFLICT')
    await app.owner.run(RevokeKeyDocument, { input: { id } })
    const again = await idOf('deploy')
    expect(again).not.toBe(id)
    expect(await codeOf('deploy')).toBe('CONFLICT')
  })

  it.each(['without a sweep', 'after a sweep'])('is free once its key has expired, %s', async (when) => {
    const id = await idOf(when, { expiresIn: 'PT60S' })
    clock.advance(59.999)
    expect(await codeOf(when)).toBe('CONFLICT')
    clock.advance(0.001)
    if (when === 'after a sweep') await app.app.parts.sweeper.sweep()
    const other = await idOf(when)
    // The one that expired cannot come back under a name that somebody else bears now.
    const back = await app.owner.fail(RotateKeyDocument, { input: { id } })
    expect(back.extensions.code).toBe('CONFLICT')
    await app.owner.run(RevokeKeyDocument, { input: { id: other } })
    const { rotateKey } = await app.owner.run(RotateKeyDocument, { input: { id } })
    expect(rotateKey.key).toMatchObject({ status: 'ACTIVE', name: when })
    expect(await codeOf(when)).toBe('CONFLICT')
  })

  it.each([
    ['capital letters', 'Nightly', 'nightly'],
    ['an accent', 'resume', 'résumé'],
    ['an organization below', 'shared', 'shared'],
  ])('is distinguished from one with %s', async (difference, one, other) => {
    await idOf(one)
    if (difference !== 'an organization below') return void (await idOf(other))
    const { createOrganization } = await app.owner.run(CreateOrganizationDocument, {
      input: { name: 'Below', parentId: app.organizationId },
    })
    const organizationId = createOrganization.organization.id
    await idOf(other, { organizationId })
    expect(await codeOf(other, { organizationId })).toBe('CONFLICT')
  })

  it('is normalized: differently composed accents are equal', async () => {
    await idOf('caf\u00e9')
    expect(await codeOf('cafe\u0301')).toBe('CONFLICT')
  })

  it('of a personal key is unique among the keys of its owner', async () => {
    const [ann, ben] = [await app.person('Ann', []), await app.person('Ben', [])]
    const make = (client: TestClient) => client.run(CreatePersonalAccessKeyDocument, mine('laptop'))
    await idOf('laptop')
    const { createPersonalAccessKey } = await make(ann.client)
    await make(ben.client)
    const taken = await ann.client.fail(CreatePersonalAccessKeyDocument, mine('laptop'))
    expect(taken.extensions.code).toBe('CONFLICT')
    await ann.client.run(RevokeKeyDocument, { input: { id: createPersonalAccessKey.personalAccessKey.id } })
    await make(ann.client)
  })

  it('can be changed to a free one, which frees the old one', async () => {
    const id = await idOf('before')
    await idOf('taken')
    const rename = (name: string) => ({ input: { id, name } })
    expect((await app.owner.fail(UpdateKeyDocument, rename('taken'))).extensions.code).toBe('CONFLICT')
    const { updateKey } = await app.owner.run(UpdateKeyDocument, rename(' after '))
    expect(updateKey.key.name).toBe('after')
    expect((await historyOf(app, id)).at(-1)).toMatchObject({
      type: 'KEY_UPDATED',
      targetName: 'after',
      details: { kind: 'API_KEY', changes: { name: { from: 'before', to: 'after' } } },
    })
    // To its own name it can always be changed.
    await app.owner.run(UpdateKeyDocument, rename('after'))
    expect(await codeOf('after')).toBe('CONFLICT')
    await idOf('before')
  })

  it('is given to exactly one of several concurrent requests', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, () => app.owner.try(CreateApiKeyDocument, create('wanted'))),
    )
    const codes = outcomes.map(({ errors }) => errors?.[0]?.extensions.code ?? 'created').sort()
    expect(codes).toEqual([...Array(5).fill('CONFLICT'), 'created'])
  })
})
