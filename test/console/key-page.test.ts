import { describe, expect, it } from 'vitest'
import { rightsOf } from '../../src/console/rights/rights.ts'
import { changeOf } from '../../src/console/screens/key/edit-draft.ts'
import { actorText, eventText } from '../../src/console/screens/key/event-text.ts'
import {
  addressOf,
  type KeyFacts,
  rotationOf,
  rotationStage,
  type Secret,
} from '../../src/console/screens/key/key-facts.ts'
import { refusalsOf } from '../../src/console/screens/key/key-rights.ts'
import { isLive, tokensOf } from '../../src/console/screens/key/live-tokens.ts'

const at = (second: number): string => new Date(Date.UTC(2026, 10, 26, 12, 0, second)).toISOString()

const secret = (state: Secret['state'], lastUsedAt: string | null = null): Secret => ({
  hint: `kt_ak_...${state}`,
  state,
  createdAt: at(0),
  validUntil: state === 'RETIRING' ? at(50) : null,
  lastUsedAt,
})

const COMMON = {
  id: 'key_1',
  name: 'deploy',
  description: null,
  status: 'ACTIVE' as const,
  createdAt: at(0),
  createdBy: { kind: 'USER' as const, id: 'usr_maker', name: 'Maker' },
  expiresAt: null,
  expiringSoon: false,
  warnBefore: [],
  metadata: {},
  revokedAt: null,
  revocationReason: null,
  grants: [{ module: 'build', role: 'OPERATOR' as const }],
  organization: { id: 'org_1', name: 'Org' },
  project: null,
  secrets: [secret('CURRENT')],
  lastUsedAt: null,
  lastUsedFrom: [],
  allowedIps: [],
}
const API_KEY: KeyFacts = { ...COMMON, __typename: 'ApiKey', kind: 'API_KEY' }
const PERSONAL: KeyFacts = {
  ...COMMON,
  __typename: 'PersonalAccessKey',
  kind: 'PERSONAL_ACCESS_KEY',
  owner: { id: 'usr_owner', name: 'Olga' },
}
const OPERATOR = rightsOf([{ module: '*', role: 'OPERATOR' }])
const KEYS_OPERATOR = rightsOf([{ module: 'keys', role: 'OPERATOR' }])
const MANAGER = rightsOf([{ module: 'keys', role: 'MANAGER' }])
const VIEWER = rightsOf([{ module: '*', role: 'VIEWER' }])

describe('what the page of a key refuses', () => {
  it.each([
    ['an operator who covers the key rotates it', API_KEY, 'usr_other', OPERATOR, 'rotate', null],
    ['an operator without its grants does not', API_KEY, 'usr_other', KEYS_OPERATOR, 'rotate', /build:operator/],
    ['a viewer changes nothing', API_KEY, 'usr_other', VIEWER, 'edit', /keys:operator/],
    ['an operator ends what they made', API_KEY, 'usr_maker', OPERATOR, 'revoke', null],
    ['an operator does not end what others made', API_KEY, 'usr_other', OPERATOR, 'revoke', /keys:manager/],
    ['a manager ends every key', API_KEY, 'usr_other', MANAGER, 'revoke', null],
    ['only the owner rotates a personal key', PERSONAL, 'usr_other', MANAGER, 'rotate', /Olga/],
    ['the owner rotates a personal key', PERSONAL, 'usr_owner', VIEWER, 'rotate', null],
    ['the owner ends a personal key', PERSONAL, 'usr_owner', VIEWER, 'revoke', null],
    [
      'a revoked key stays as it is',
      { ...API_KEY, status: 'REVOKED' as const },
      'usr_other',
      MANAGER,
      'edit',
      /revoked/,
    ],
    ['an active key is not resumed', API_KEY, 'usr_other', MANAGER, 'resume', /active/],
  ] as const)('%s', (_, key, userId, rights, action, reason) => {
    const refusal = refusalsOf(key, userId, rights)[action]
    if (reason === null) expect(refusal).toBeNull()
    else expect(refusal).toMatch(reason)
  })

  it('a second rotation while one is under way', () => {
    const key = { ...API_KEY, secrets: [secret('CURRENT'), secret('RETIRING')] }
    expect(refusalsOf(key, 'usr_other', OPERATOR).rotate).toMatch(/complete or cancel it first/)
  })

  it('the same in a list, which knows of no secrets', () => {
    const row = { status: 'ACTIVE' as const, grants: API_KEY.grants, createdBy: { id: 'usr_maker' } }
    expect(refusalsOf(row, 'usr_other', OPERATOR)).toMatchObject({ rotate: null, revoke: expect.any(String) })
    expect(refusalsOf(row, 'usr_maker', OPERATOR)).toMatchObject({ suspend: null, revoke: null })
    expect(refusalsOf({ ...row, owner: { id: 'usr_owner', name: 'Olga' } }, 'usr_maker', OPERATOR)).toMatchObject({
      rotate: expect.stringContaining('Olga'),
      revoke: expect.any(String),
    })
  })

  it('that somebody resumes what another person suspended, but for managers', () => {
    const key = { ...API_KEY, status: 'SUSPENDED' as const }
    expect(refusalsOf(key, 'usr_maker', OPERATOR, 'usr_other').resume).toMatch(/keys:manager/)
    expect(refusalsOf(key, 'usr_maker', OPERATOR, 'usr_maker').resume).toBeNull()
    expect(refusalsOf(key, 'usr_maker', MANAGER, 'usr_other').resume).toBeNull()
  })
})

describe('a rotation on the page', () => {
  it.each([
    ['waits for the new secret', at(1), null, 'waiting'],
    ['has both in use', at(9), at(5), 'both'],
    ['has switched', at(1), at(5), 'switched'],
    ['has switched where the old one was never used', null, at(5), 'switched'],
  ])('%s', (_, old, fresh, stage) => {
    const rotation = rotationOf({ ...API_KEY, secrets: [secret('CURRENT', fresh), secret('RETIRING', old)] })
    expect(rotation && rotationStage(rotation)).toBe(stage)
  })

  it('is none where one secret works, or where the key has ended', () => {
    expect(rotationOf(API_KEY)).toBeNull()
    expect(rotationOf({ ...API_KEY, status: 'REVOKED', secrets: [secret('CURRENT'), secret('RETIRING')] })).toBeNull()
  })

  it('names an address only where it is certain whose it is', () => {
    const [fresh, old] = [secret('CURRENT', at(9)), secret('RETIRING', at(5))]
    const two = { ...API_KEY, lastUsedAt: at(9), lastUsedFrom: ['10.0.0.9', '10.0.0.7'] }
    expect([addressOf(two, fresh), addressOf(two, old)]).toEqual(['10.0.0.9', null])
    const one = { ...two, lastUsedFrom: ['10.0.0.7'] }
    expect([addressOf(one, fresh), addressOf(one, old)]).toEqual(['10.0.0.7', '10.0.0.7'])
    expect(addressOf(one, secret('CURRENT'))).toBeNull()
  })
})

const event = (type: 'TOKEN_ISSUED' | 'TOKEN_REVOKED' | 'KEY_REVOKED', details: Record<string, unknown>) => ({
  id: 'evt_1',
  sequence: 1,
  type,
  occurredAt: at(1),
  credentialId: null,
  tokenId: null,
  details,
  requestId: null,
  actor: { kind: 'USER' as const, id: null, name: 'Olga' },
})

describe('access tokens on the page', () => {
  it('are live until they expire or are revoked', () => {
    const issued = (tokenId: string, expiresAt: string) =>
      event('TOKEN_ISSUED', { tokenId, expiresAt, scope: 'a:viewer' })
    const tokens = tokensOf([
      event('TOKEN_REVOKED', { tokenId: 'b' }),
      issued('a', at(9)),
      issued('b', at(9)),
      issued('c', at(3)),
    ])
    expect(tokens.map((token) => [token.tokenId, isLive(token, Date.parse(at(5)))])).toEqual([
      ['a', true],
      ['b', false],
      ['c', false],
    ])
  })
})

describe('events on the page', () => {
  it('are told in words, with what somebody wrote as it is', () => {
    const revoked = event('KEY_REVOKED', { reason: 'COMPROMISED', note: '<b>' })
    expect(eventText(revoked)).toBe('Revoked: compromised. <b>')
    expect(actorText(revoked)).toBe('Olga')
  })
})

describe('a change of a key', () => {
  it('sends what differs alone', () => {
    const draft = { name: ' deploy ', description: '', grants: { build: 'OPERATOR' as const }, ranges: '' }
    expect(changeOf(API_KEY, draft)).toEqual({ id: 'key_1' })
    expect(changeOf({ ...API_KEY, description: 'x' }, { ...draft, ranges: '10.0.0.0/8' })).toEqual({
      id: 'key_1',
      description: null,
      allowedIps: ['10.0.0.0/8'],
    })
    // What the person may not read, they do not overwrite.
    expect(changeOf({ ...API_KEY, allowedIps: null }, { ...draft, ranges: '10.0.0.0/8' })).toEqual({ id: 'key_1' })
  })
})
