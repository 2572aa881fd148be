import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  CreateApiKeyDocument,
  CreatePersonalAccessKeyDocument,
  KeyByIdDocument,
  RemoveMemberDocument,
  RevokeKeyDocument,
  RotateKeyDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { boot, type Person, type TestApp } from '../support/boot.ts'
import type { TestClient } from '../support/client.ts'
import { ENGINES } from '../support/engines.ts'
import { changesIn } from '../support/history.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { codeOf, grant, memberIdOf, suborganization } from '../support/people.ts'
import { eventsOf, tokenOf } from '../support/tokens.ts'

const HOUR = 3_600

interface Made {
  readonly id: string
  readonly secret: string
  readonly expiresAt: string | null
  readonly client: TestClient
}

/** Somebody holds a stolen key for a while and tries to keep, by what they make with it, more than the key could reach. */
describe.each(ENGINES)('a key that is created with another key, on %s', (engine) => {
  let app: TestApp
  let person: Person
  const clock = new ManualClock()
  let count = 0
  beforeAll(async () => {
    app = await boot({ engine, clock })
    await app.app.parts.sweeper.stop()
    person = await app.person('Ann', [grant('keys:manager')])
  })
  afterAll(() => app.close())

  const name = () => {
    count += 1
    return `key ${count}`
  }
  const personal = async (by: TestClient, more: object = {}): Promise<Made> => {
    const input = { organizationId: app.organizationId, name: name(), ...more }
    const { createPersonalAccessKey: made } = await by.run(CreatePersonalAccessKeyDocument, { input })
    const { id, expiresAt } = made.personalAccessKey
    return { id, secret: made.secret, expiresAt: expiresAt ?? null, client: app.anonymous.with(made.secret) }
  }
  const machine = async (by: TestClient, more: object = {}): Promise<Made> => {
    const input = { organizationId: app.organizationId, name: name(), grants: [grant('keys:operator')], ...more }
    const { createApiKey: made } = await by.run(CreateApiKeyDocument, { input })
    const { id, expiresAt } = made.apiKey
    return { id, secret: made.secret, expiresAt: expiresAt ?? null, client: app.anonymous.with(made.secret) }
  }
  const statusOf = async ({ id }: { readonly id: string }) => (await app.owner.run(KeyByIdDocument, { id })).key?.status
  const rangesOf = async ({ id }: { readonly id: string }) => {
    const { data } = await app.owner.send<{ key: { allowedIps: string[] } }>(
      'query ($id: ID!) { key(id: $id) { allowedIps } }',
      { id },
    )
    return data?.key.allowedIps
  }

  it('expires no later than the creating key, if it is a personal key', async () => {
    const stolen = await personal(person.client, { expiresIn: 'PT1H' })
    expect((await personal(stolen.client)).expiresAt).toBe(stolen.expiresAt)
    expect((await personal(stolen.client, { expiresIn: 'PT30M' })).expiresAt).not.toBe(stolen.expiresAt)
    for (const [field, value] of [
      ['expiresIn', 'PT2H'],
      ['neverExpires', true],
      ['expiresAt', '2126-01-01T00:00:00.000Z'],
    ] as const) {
      const input = { organizationId: app.organizationId, name: name(), [field]: value }
      const { extensions } = await stolen.client.fail(CreatePersonalAccessKeyDocument, { input })
      expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: field }] })
    }
  })

  it('cannot extend itself or another key beyond the creating key', async () => {
    const stolen = await personal(person.client, { expiresIn: 'PT1H' })
    const child = await personal(stolen.client)
    const sibling = await personal(person.client, { expiresIn: 'P30D' })
    clock.advance(HOUR / 2)
    const renewed = await child.client.run(RotateKeyDocument, { input: { id: child.id, overlap: 'PT0S' } })
    expect(renewed.rotateKey.key.expiresAt).toBe(stolen.expiresAt)
    const other = await stolen.client.run(RotateKeyDocument, { input: { id: sibling.id } })
    expect(other.rotateKey.key.expiresAt).toBe(stolen.expiresAt)
  })

  it('belongs to the organization and survives the creating key, if it is an API key', async () => {
    const maker = await personal(person.client, { expiresIn: 'PT1H' })
    const made = await machine(maker.client, { expiresIn: 'P30D' })
    clock.advance(HOUR)
    expect(codeOf(await maker.client.try(ViewerDocument, {}))).toBe('UNAUTHENTICATED')
    expect(codeOf(await made.client.try(ViewerDocument, {}))).toBe('done')
  })

  it('inherits the addresses of the creating key, and cannot have wider ones', async () => {
    const restricted = await personal(person.client, { allowedIps: ['127.0.0.0/8'] })
    for (const make of [personal, machine]) {
      expect(await rangesOf(await make(restricted.client))).toEqual(['127.0.0.0/8'])
      const narrower = await make(restricted.client, { allowedIps: ['::ffff:127.1.0.0/112'] })
      expect(await rangesOf(narrower)).toEqual(['127.1.0.0/16'])
    }
    for (const allowedIps of [['0.0.0.0/0'], ['127.0.0.1', '10.0.0.0/8'], ['::/0'], ['126.0.0.0/7']]) {
      const input = { organizationId: app.organizationId, name: name(), grants: [], allowedIps }
      const error = await restricted.client.fail(CreateApiKeyDocument, { input })
      expect(error.extensions.code).toBe('FORBIDDEN')
      expect(error.message).toContain('127.0.0.0/8')
    }
    // Through a token just the same.
    const token = app.anonymous.with(await tokenOf(app, restricted))
    expect(await rangesOf(await machine(token))).toEqual(['127.0.0.0/8'])
  })

  it('is revoked with it on request: over generations, tokens and organizations, through revoked keys', async () => {
    const below = await suborganization(app, name())
    const stolen = await personal(person.client)
    const byToken = await machine(app.anonymous.with(await tokenOf(app, stolen)))
    const child = await machine(stolen.client)
    const grandchild = await machine(child.client, { organizationId: app.organizationId })
    const elsewhere = await machine(stolen.client, { organizationId: below })
    const pat = await personal(stolen.client)
    const unrelated = await machine(person.client)
    await app.owner.run(RevokeKeyDocument, { input: { id: child.id } })
    const revoke = { id: stolen.id, descendants: true, reason: 'COMPROMISED' as const, note: 'stolen' }
    const { revokeKey } = await app.owner.run(RevokeKeyDocument, { input: revoke })
    const ended = [stolen, byToken, grandchild, elsewhere, pat].map(({ id }) => id).sort()
    expect([...revokeKey.revokedKeyIds].sort()).toEqual(ended)
    expect(revokeKey.key.status).toBe('REVOKED')
    for (const key of [stolen, byToken, grandchild, elsewhere, pat]) {
      expect(await statusOf(key)).toBe('REVOKED')
      expect(codeOf(await key.client.try(ViewerDocument, {}))).toBe('UNAUTHENTICATED')
      const [event, ...others] = await eventsOf(
        app,
        { types: ['KEY_REVOKED'], targetId: key.id },
        key === elsewhere ? below : app.organizationId,
      )
      expect(others).toEqual([])
      expect(event?.details).toMatchObject({
        reason: 'COMPROMISED',
        note: 'stolen',
        ...(key === stolen ? {} : { descendantOf: stolen.id }),
      })
    }
    expect(await statusOf(unrelated)).toBe('ACTIVE')
    expect(codeOf(await app.owner.try(RevokeKeyDocument, { input: revoke }))).toBe('CONFLICT')
  })

  it('can also be revoked later, after the creating key alone was revoked', async () => {
    const stolen = await machine(person.client)
    const child = await machine(stolen.client)
    const first = await app.owner.run(RevokeKeyDocument, { input: { id: stolen.id } })
    expect(first.revokeKey.revokedKeyIds).toEqual([stolen.id])
    expect(await statusOf(child)).toBe('ACTIVE')
    const { revokeKey } = await app.owner.run(RevokeKeyDocument, { input: { id: stolen.id, descendants: true } })
    expect(revokeKey.revokedKeyIds).toEqual([child.id])
  })

  it('is revoked together with all others or not at all: each one requires the right to revoke it', async () => {
    const operator = await app.person('Otto', [grant('keys:operator')])
    const own = await machine(operator.client)
    const grandchild = await machine(own.client)
    const before = await changesIn(app)
    const error = await operator.client.fail(RevokeKeyDocument, { input: { id: own.id, descendants: true } })
    expect(error.extensions).toMatchObject({ code: 'FORBIDDEN', required: ['keys:manager'] })
    expect(await changesIn(app)).toEqual(before)
    expect([await statusOf(own), await statusOf(grandchild)]).toEqual(['ACTIVE', 'ACTIVE'])
  })

  it('cannot be created unnoticed during the revocation of the creating key and its descendants', async () => {
    for (let round = 0; round < 4; round += 1) {
      const stolen = await machine(person.client)
      const tries = [1, 2, 3].map(() =>
        stolen.client.try(CreateApiKeyDocument, {
          input: { organizationId: app.organizationId, name: name(), grants: [] },
        }),
      )
      const [made] = await Promise.all([
        Promise.all(tries),
        app.owner.run(RevokeKeyDocument, { input: { id: stolen.id, descendants: true } }),
      ])
      const ids = made.flatMap(({ data }) => data?.createApiKey.apiKey.id ?? [])
      for (const id of ids) expect(await statusOf({ id })).toBe('REVOKED')
    }
  })

  it('is listed when a member is removed: API keys that the member created stay valid', async () => {
    const leaving = await app.person('Lea', [grant('keys:operator')])
    const goesOn = await machine(leaving.client)
    const ended = await machine(leaving.client)
    await app.owner.run(RevokeKeyDocument, { input: { id: ended.id } })
    await machine(person.client)
    const memberId = await memberIdOf(app, leaving.userId)
    const { removeMember } = await app.owner.run(RemoveMemberDocument, { memberId })
    expect(removeMember.createdApiKeyIds).toEqual([goesOn.id])
    expect(codeOf(await goesOn.client.try(ViewerDocument, {}))).toBe('done')
  })
})
