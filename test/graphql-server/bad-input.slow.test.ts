import { beforeAll, describe, expect, it } from 'vitest'
import { useApp } from '../support/boot.ts'
import { headsOf } from '../support/history.ts'

/** The mutations with what they take at least; every case below spoils one thing of it. */
const MUTATIONS = {
  createOrganization: ['CreateOrganizationInput', { name: 'n' }, 'organization { id }'],
  createProject: ['CreateProjectInput', { organizationId: 'organization', name: 'n' }, 'project { id }'],
  defineModule: ['DefineModuleInput', { organizationId: 'organization', name: 'build' }, 'module { id }'],
  inviteMember: ['InviteMemberInput', { organizationId: 'organization', email: 'a@b.c', grants: [] }, 'expiresAt'],
  acceptInvitation: ['AcceptInvitationInput', { invitationToken: `kt_inv_${'A'.repeat(43)}`, name: 'n' }, 'secret'],
  createApiKey: ['CreateApiKeyInput', { organizationId: 'organization', name: 'n', grants: [] }, 'secret'],
  createPersonalAccessKey: ['CreatePersonalAccessKeyInput', { organizationId: 'organization', name: 'n' }, 'secret'],
  updateKey: ['UpdateKeyInput', { id: 'key' }, 'key { id }'],
  rotateKey: ['RotateKeyInput', { id: 'key' }, 'secret'],
  revokeKey: ['RevokeKeyInput', { id: 'key' }, 'key { id }'],
  revokeKeys: ['RevokeKeysInput', { organizationId: 'organization', filter: {}, expectedCount: 0 }, 'revokedCount'],
  revokeSecret: ['RevokeSecretInput', { secret: 's' }, 'accepted'],
  suspendKey: ['KeyIdInput', { id: 'key' }, 'key { id }'],
  updateAuditRetention: ['UpdateAuditRetentionInput', { organizationId: 'organization' }, 'organization { id }'],
  updateKeyPolicy: ['UpdateKeyPolicyInput', { organizationId: 'organization', policy: {} }, 'organization { id }'],
} as const
type Mutation = keyof typeof MUTATIONS
type Case = readonly [what: string, mutation: Mutation, spoilt: object, path: string]

const across = (
  mutations: readonly Mutation[],
  values: readonly (readonly [string, unknown])[],
  field: string,
): Case[] =>
  mutations.flatMap((mutation) => values.map(([what, value]): Case => [what, mutation, { [field]: value }, field]))

const NAMED = [
  'createOrganization',
  'createProject',
  'acceptInvitation',
  'createApiKey',
  'createPersonalAccessKey',
  'updateKey',
] as const
const NAMES = across(
  NAMED,
  [
    ['an empty name', ''],
    ['a blank name', ' \t '],
    ['a name of 101 characters', 'n'.repeat(101)],
    ['a name with a NUL', 'a\u0000b'],
    ['a name with an escape', 'a\u001b[2Jb'],
    ['a name with a line break', 'a\nb'],
    ['a name that runs backwards', 'a\u202eb'],
    ['a name with half a character', 'a\ud800b'],
    ['a number for a name', 5],
    ['a list for a name', ['a', 'b']],
  ],
  'name',
)

const TEXTS: Case[] = [
  ...across(
    ['createApiKey', 'createPersonalAccessKey', 'updateKey', 'defineModule'],
    [
      ['a description of 1,001 characters', 'd'.repeat(1_001)],
      ['a description with a NUL', 'a\u0000b'],
      ['a description with an escape', 'a\u001b[2Jb'],
      ['a description that runs backwards', 'a\u202eb'],
      ['a description with half a character', '\udc00'],
      ['an object for a description', {}],
    ],
    'description',
  ),
  ['a note of 1,001 characters', 'revokeKey', { note: 'n'.repeat(1_001) }, 'note'],
  ['a note with a NUL', 'revokeKey', { note: '\u0000' }, 'note'],
  ['a slug with a space', 'createProject', { slug: 'a b' }, 'slug'],
  ['a slug in capital letters', 'createOrganization', { slug: 'A' }, 'slug'],
  ['a module name in capital letters', 'defineModule', { name: 'Build' }, 'name'],
  ['a module name of 51 characters', 'defineModule', { name: 'b'.repeat(51) }, 'name'],
  ['a module name for all modules', 'defineModule', { name: '*' }, 'name'],
  ['an address that is none', 'inviteMember', { email: 'nobody' }, 'email'],
  ['a malformed invitation token', 'acceptInvitation', { invitationToken: 'kt_inv_x' }, 'invitationToken'],
  ['a malformed secret', 'revokeSecret', { secret: 'kt_ak_x' }, 'secret'],
  ['an empty secret', 'revokeSecret', { secret: '' }, 'secret'],
]

const DURATIONS = ['P1Y', 'P1M', 'P-1D', '-P1D', 'PT1.5S', 'P999999D', 'P', '', 'one day', 5, true, {}].map(
  (value) => [`${JSON.stringify(value)} for a duration`, value] as const,
)
const TIMES: Case[] = [
  ...across(['createApiKey', 'createPersonalAccessKey', 'rotateKey'], DURATIONS, 'expiresIn'),
  ...across(['rotateKey'], DURATIONS, 'overlap'),
  ...across(
    ['createApiKey', 'createPersonalAccessKey', 'updateKey'],
    DURATIONS.slice(0, 4).map(([what, value]) => [what, [value]] as const),
    'warnBefore',
  ).map(([what, mutation, spoilt]): Case => [what, mutation, spoilt, 'warnBefore.0']),
  ...['maximumLifetime', 'defaultLifetime', 'maximumOverlap', 'accessTokenLifetime', 'revokeUnusedAfter'].map(
    (field): Case => ['a malformed duration', 'updateKeyPolicy', { policy: { [field]: 'P1Y' } }, `policy.${field}`],
  ),
  ...['maximumLifetime', 'defaultLifetime', 'accessTokenLifetime', 'revokeUnusedAfter'].map(
    (field): Case => ['no time at all', 'updateKeyPolicy', { policy: { [field]: 'PT0S' } }, `policy.${field}`],
  ),
  ['no time at all', 'createApiKey', { expiresIn: 'PT0S' }, 'expiresIn'],
  ['no time at all', 'rotateKey', { expiresIn: 'PT0S' }, 'expiresIn'],
  ['no time at all', 'createApiKey', { warnBefore: ['PT1H', 'PT0S'] }, 'warnBefore.1'],
  ['a warning before the beginning', 'createApiKey', { expiresIn: 'P1D', warnBefore: ['P1D'] }, 'warnBefore.0'],
  ['a token for two days', 'updateKeyPolicy', { policy: { accessTokenLifetime: 'P2D' } }, 'policy.accessTokenLifetime'],
  [
    'a default beyond the maximum',
    'updateKeyPolicy',
    { policy: { maximumLifetime: 'P1D', defaultLifetime: 'P2D' } },
    'policy.defaultLifetime',
  ],
  [
    'eleven thresholds',
    'updateKeyPolicy',
    { policy: { warnBefore: Array.from({ length: 11 }, (_, n) => `P${n + 1}D`) } },
    'policy.warnBefore',
  ],
  ...across(
    ['createApiKey', 'createPersonalAccessKey', 'rotateKey'],
    [
      ['an expiry in the past', '2001-01-01T00:00:00Z'],
      ['an expiry a thousand years away', '3026-01-01T00:00:00Z'],
      ['an expiry in the last year that there is', '9999-12-31T23:59:59-23:59'],
      ['a date without a time', '2030-01-01'],
      ['a date without a zone', '2030-01-01T00:00:00'],
      ['a day that there is not', '2030-02-30T00:00:00Z'],
      ['a second that there is not', '2030-12-31T23:59:60Z'],
      ['a number for a date', 1_893_456_000_000],
      ['words for a date', 'tomorrow'],
    ],
    'expiresAt',
  ),
]

const VALUES: Case[] = [
  ...across(
    ['createApiKey', 'createPersonalAccessKey', 'updateKey'],
    [
      ['text for metadata', 'x'],
      ['a list for metadata', [1]],
      ['a number for metadata', 5],
      ['metadata of more than 8 KiB', { a: 'x'.repeat(8_192) }],
      ['metadata with a NUL', { a: ['\u0000'] }],
      ['metadata with a NUL in a name', { '\u0000': 1 }],
      ['metadata with half a character', { a: '\ud800' }],
      ['metadata of 33 levels', JSON.parse(`${'{"a":'.repeat(33)}1${'}'.repeat(33)}`)],
      ['metadata nested without end', JSON.parse(`{"a":${'['.repeat(3_500)}${']'.repeat(3_500)}}`)],
    ],
    'metadata',
  ),
  ...across(
    ['createApiKey', 'createPersonalAccessKey', 'updateKey'],
    [
      ['a name for an address', ['10.0.0.0/8', 'localhost']],
      ['too many bits', ['10.0.0.0/8', '10.0.0.0/33']],
      ['a NUL in an address', ['10.0.0.0/8', '10.0.0.1\u0000']],
      ['a number for an address', ['10.0.0.0/8', 10]],
      ['no address', ['10.0.0.0/8', null]],
    ],
    'allowedIps',
  ).map(([what, mutation, spoilt]): Case => [what, mutation, spoilt, 'allowedIps.1']),
  ...(['createApiKey', 'createPersonalAccessKey', 'updateKey', 'inviteMember'] as const).flatMap((mutation): Case[] => [
    ['a module that there is not', mutation, { grants: [{ module: 'nothing', role: 'VIEWER' }] }, 'grants.0.module'],
    ['a module with a NUL', mutation, { grants: [{ module: 'keys\u0000', role: 'VIEWER' }] }, 'grants.0.module'],
    ['a role that there is not', mutation, { grants: [{ module: 'keys', role: 'KING' }] }, 'grants.0.role'],
    ['a grant without a role', mutation, { grants: [{ module: 'keys' }] }, 'grants.0'],
    ['a grant with more than that', mutation, { grants: [{ module: 'keys', role: 'VIEWER', until: 1 }] }, 'grants.0'],
    ['text for a grant', mutation, { grants: ['keys:viewer'] }, 'grants.0'],
    ['101 grants', mutation, { grants: Array(101).fill({ module: 'keys', role: 'VIEWER' }) }, 'grants'],
  ]),
  ['an owner of one module', 'inviteMember', { grants: [{ module: 'keys', role: 'OWNER' }] }, 'grants.0.module'],
  ['text for a flag', 'createApiKey', { neverExpires: 'yes' }, 'neverExpires'],
  ['a number for a flag', 'rotateKey', { overlapFromFirstUse: 1 }, 'overlapFromFirstUse'],
  ['a reason that there is not', 'revokeKey', { reason: 'BORED' }, 'reason'],
  ['a reason in small letters', 'revokeSecret', { reason: 'compromised' }, 'reason'],
  ['a kind that there is not', 'revokeKeys', { kind: 'SSH_KEY' }, 'kind'],
  ['a status that there is not', 'revokeKeys', { filter: { status: ['DEAD'] } }, 'filter.status.0'],
  ['a filter that there is not', 'revokeKeys', { filter: { everything: true } }, 'filter'],
  ['a count below zero', 'revokeKeys', { expectedCount: -1 }, 'expectedCount'],
  ['half a key', 'revokeKeys', { expectedCount: 0.5 }, 'expectedCount'],
  ['more keys than a number holds', 'revokeKeys', { expectedCount: 2 ** 31 }, 'expectedCount'],
  ['no active keys at all', 'updateKeyPolicy', { policy: { maximumActiveKeys: 0 } }, 'policy.maximumActiveKeys'],
  [
    'a million and one keys',
    'updateKeyPolicy',
    { policy: { maximumActiveKeys: 1_000_001 } },
    'policy.maximumActiveKeys',
  ],
  [
    'nothing where a root must say it',
    'updateKeyPolicy',
    { policy: { defaultLifetime: null } },
    'policy.defaultLifetime',
  ],
  ['no policy', 'updateKeyPolicy', { policy: null }, 'policy'],
  ['nothing to change', 'updateKey', {}, 'id'],
  ...(Object.keys(MUTATIONS) as Mutation[]).map(
    (mutation): Case => ['a field that there is not', mutation, { surprise: 1 }, 'input'],
  ),
]

describe('invalid input', () => {
  const ids: Record<string, string> = {}
  const app = useApp()
  beforeAll(async () => {
    ids.organization = app.organizationId
    ids.key = (await app.apiKey({ name: 'unchanged' })).id
  })

  const send = (mutation: Mutation, spoilt: object) => {
    const [type, base, selection] = MUTATIONS[mutation]
    const input = Object.fromEntries(
      Object.entries({ ...base, ...spoilt }).map(([field, value]) => [field, ids[value as string] ?? value]),
    )
    return app.owner.send(`mutation ($input: ${type}!) { ${mutation}(input: $input) { ${selection} } }`, { input })
  }

  it.each([...NAMES, ...TEXTS, ...TIMES, ...VALUES])('%s in %s is rejected, and changes nothing', async (...given) => {
    const [, mutation, spoilt, path] = given
    const before = await headsOf(app)
    const { data, errors = [] } = await send(mutation, spoilt)
    expect(data ?? null).toBeNull()
    for (const { extensions } of errors) expect(extensions.code).toBe('BAD_USER_INPUT')
    expect(errors.flatMap(({ extensions }) => extensions.issues?.map((issue) => issue.path))).toContain(path)
    expect(await headsOf(app)).toEqual(before)
  })

  it('has caused no internal error, and the service continues', async () => {
    expect(app.logged.filter((line) => JSON.parse(line).level >= 50)).toEqual([])
    const metadata = JSON.parse(`${'{"a":'.repeat(32)}"${'x'.repeat(8_192 - 32 * 6 - 2)}"${'}'.repeat(32)}`)
    const most = { name: 'n'.repeat(100), description: 'd'.repeat(1_000), metadata }
    expect((await send('createApiKey', most)).data).toHaveProperty('createApiKey.secret')
  })
})
