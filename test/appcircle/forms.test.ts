import { beforeAll, describe, expect, it } from 'vitest'
import {
  CreateOrganizationDocument,
  CreatePersonalAccessKeyDocument,
  RevokeKeyDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
} from '../../src/generated/graphql.ts'
import { guidOf } from '../../src/kernel/ids.ts'
import { type Person, useApp } from '../support/boot.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { type Answer, answerOf, claimsOf, introspect, post } from '../support/tokens.ts'

const API_KEY = '/auth/v1/api-key/token'
const PERSONAL = [
  ['/auth/v1/token', 'pat'],
  ['/auth/v1/token', 'personal-access-key'],
  ['/auth/v2/token', 'pat'],
  ['/auth/v3/token', 'personalAccessKey'],
] as const

let person: Person
const clock = new ManualClock()
const app = useApp({ clock })
beforeAll(async () => {
  person = await app.person('Ada', [{ module: 'keys', role: 'VIEWER' }])
})

/** A body as it goes over the wire, byte for byte. */
const send = async (path: string, body: string): Promise<Answer> =>
  answerOf(
    await fetch(`${app.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body,
    }),
  )
const tokenIn = ({ status, body }: Answer): string => {
  expect([status, body]).toEqual([200, expect.objectContaining({ token_type: 'Bearer' })])
  return String(body.access_token)
}
const suborganization = async (name: string) => {
  const input = { name, parentId: app.organizationId }
  return (await app.owner.run(CreateOrganizationDocument, { input })).createOrganization.organization.id
}

describe('the name of a sub-organization in a form', () => {
  const NAMES = [
    ['C++ & Rust', ['C%2B%2B+%26+Rust', 'C%2b%2b%20%26%20Rust', 'C%2B%2B%20%26+Rust']],
    ['50%20 off', ['50%2520+off', '50%2520%20off']],
    ['Équipe à 100 %', ['%C3%89quipe+%C3%A0+100+%25', 'Équipe+à+100+%25']],
    ['a=b;c', ['a%3Db%3Bc', 'a=b;c']],
  ] as const

  it.each(NAMES)('is decoded like a form field: %s', async (name, wires) => {
    const id = await suborganization(name)
    for (const wire of wires)
      for (const body of [
        `pat=${person.secret}&subOrganization=${wire}`,
        `subOrganization=${wire}&pat=${person.secret}`,
      ])
        expect(claimsOf(tokenIn(await send('/auth/v2/token', body)))).toMatchObject({
          org: id,
          currentOrganizationId: guidOf(id),
        })
    const third = await send(
      '/auth/v3/token',
      `personalAccessKey=${person.secret}&subOrganization=${wires[0]}&scope=a+b`,
    )
    expect(claimsOf(tokenIn(third)).org).toBe(id)
  })

  it.each(['C++', '%', 'C%2', '%zz', '+', '%00', '%FF'])(
    'is rejected with a message if it is invalid: %s',
    async (wire) => {
      const { status, body } = await send('/auth/v2/token', `pat=${person.secret}&subOrganization=${wire}`)
      expect([400, 403]).toContain(status)
      expect([typeof body.error, body.error_description]).toEqual(['string', body.error])
    },
  )
})

describe('the name of an API key in a form', () => {
  it.each([
    ['build 100%', 'build+100%25'],
    ['a+b', 'a%2Bb'],
    ['%2B', '%252B'],
    ['x&secret=y', 'x%26secret%3Dy'],
  ])('is decoded like a form field: %s', async (name, wire) => {
    const key = await app.apiKey({ name })
    const guid = guidOf(app.organizationId).replaceAll('-', '%2D')
    for (const body of [
      `name=${wire}&secret=${key.secret}`,
      `secret=${key.secret}&organizationId=${guid}&name=${wire}`,
    ])
      expect(claimsOf(tokenIn(await send(API_KEY, body)))).toMatchObject({ client_id: key.id })
  })
})

describe('a key that is no longer valid', () => {
  const personal = async (name: string, more = {}) => {
    const input = { organizationId: app.organizationId, name, ...more }
    const { createPersonalAccessKey: made } = await person.client.run(CreatePersonalAccessKeyDocument, { input })
    return { id: made.personalAccessKey.id, secret: made.secret, name }
  }
  const WAYS: readonly (readonly [string, (id: string) => Promise<unknown>])[] = [
    ['revoked', (id) => person.client.run(RevokeKeyDocument, { input: { id } })],
    ['suspended', (id) => person.client.run(SuspendKeyDocument, { id })],
    ['replaced by a rotation', (id) => person.client.run(RotateKeyDocument, { input: { id, overlap: 'PT0S' } })],
    ['expired', async () => clock.advance(60)],
  ]

  it.each(WAYS)('gets no token on any route: %s', async (what, end) => {
    const key = await personal(`personal ${what}`, { expiresIn: 'PT1M' })
    const machine = await app.apiKey({ name: `machine ${what}`, expiresIn: 'PT1M' })
    const tokens = [
      tokenIn(await post(app, '/auth/v1/token', { pat: key.secret })),
      tokenIn(await post(app, API_KEY, { name: `machine ${what}`, secret: machine.secret })),
    ]
    for (const token of tokens) expect(await introspect(app, token)).toMatchObject({ active: true })
    await end(key.id)
    if (what !== 'expired') await app.owner.run(RevokeKeyDocument, { input: { id: machine.id } })
    const answers = [
      await post(app, API_KEY, { name: `machine ${what}`, secret: machine.secret }),
      ...(await Promise.all(PERSONAL.map(([path, field]) => post(app, path, { [field]: key.secret })))),
    ]
    for (const { status, body, headers } of answers) {
      expect([status, typeof body.error]).toEqual([401, 'string'])
      expect(headers.get('www-authenticate')).toBe('Bearer realm="keyturn"')
    }
    for (const token of tokens) {
      expect(await introspect(app, token)).toEqual({ active: false })
      const read = await fetch(`${app.url}/identity/v1/organizations`, {
        headers: { authorization: `Bearer ${token}` },
      })
      expect(read.status).toBe(401)
    }
  })
})
