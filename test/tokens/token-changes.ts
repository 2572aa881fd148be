import {
  CancelRotationDocument,
  CompleteRotationDocument,
  type GrantInput,
  KeyByIdDocument,
  RemoveMemberDocument,
  ResumeKeyDocument,
  RevokeAccessTokenDocument,
  RevokeKeyDocument,
  RevokeKeysDocument,
  RevokeSecretDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
  UpdateKeyDocument,
  UpdateKeyPolicyDocument,
  UpdateMemberDocument,
} from '../../src/generated/graphql.ts'
import type { TestApp } from '../support/boot.ts'
import { keyAfterSignIn, memberIdOf, suborganization } from '../support/people.ts'
import { exchanged, tokenOf } from '../support/tokens.ts'

const WIDE: GrantInput[] = [
  { module: 'audit', role: 'VIEWER' },
  { module: 'keys', role: 'OPERATOR' },
]
const NARROW: GrantInput[] = [{ module: 'audit', role: 'VIEWER' }]

/** An API key and a personal key, and tokens of every kind of both. */
export interface Stage {
  readonly app: TestApp
  readonly below: string
  readonly api: { readonly id: string; readonly secret: string }
  readonly personal: { readonly id: string; readonly secret: string }
  readonly userId: string
  readonly tokens: Readonly<Record<string, string>>
}

/** A token for the key's organization, one for an organization below, and a narrower token of each. */
const tokensOf = async (
  app: TestApp,
  what: string,
  key: { readonly id: string; readonly secret: string },
  below: string,
): Promise<Record<string, string>> => {
  const [own, far] = [await tokenOf(app, key), await tokenOf(app, key, { organization_id: below })]
  return {
    [`of ${what}`]: own,
    [`of ${what}, for the suborganization`]: far,
    [`of ${what}, narrowed`]: await exchanged(app, own, { scope: 'audit:viewer' }),
    [`of ${what}, narrowed to the suborganization`]: await exchanged(app, own, { organization_id: below }),
    [`of ${what}, for the suborganization, narrowed`]: await exchanged(app, far, { scope: 'audit:viewer' }),
  }
}

let stages = 0
export const setStage = async (app: TestApp): Promise<Stage> => {
  stages += 1
  const below = await suborganization(app, `Below ${stages}`)
  const api = await app.apiKey({ grants: WIDE, neverExpires: true })
  const person = await app.person('Ada', WIDE)
  const personal = await keyAfterSignIn(app, person.userId, { name: 'subject' })
  const tokens = {
    ...(await tokensOf(app, 'the API key', api, below)),
    ...(await tokensOf(app, 'the personal key', personal, below)),
    // Nothing is ever done to this key.
    ...(await tokensOf(app, 'another API key', await app.apiKey({ grants: WIDE }), below)),
  }
  return { app, below, api, personal, userId: person.userId, tokens }
}

/** A mutation that may end or narrow tokens. */
export interface TokenChange {
  readonly what: string
  readonly mutation: string
  /** Set where it ends tokens of one secret: the feed cannot tell them from those of the other, and announces all. */
  readonly announcesMore?: true
  /** Done before the tokens are looked at for the first time. */
  readonly prepare?: (stage: Stage) => Promise<unknown>
  readonly make: (stage: Stage) => Promise<unknown>
}

const rotate = ({ app, api: { id } }: Stage, overlap: string) =>
  app.owner.run(RotateKeyDocument, { input: { id, overlap } })

const updateKey =
  (input: object) =>
  ({ app, api: { id } }: Stage) =>
    app.owner.run(UpdateKeyDocument, { input: { id, ...input } })

const updateMember = (grants: GrantInput[]) => async (stage: Stage) => {
  const memberId = await memberIdOf(stage.app, stage.userId)
  return stage.app.owner.run(UpdateMemberDocument, { input: { memberId, grants } })
}

const punish = (app: TestApp, onRetiredSecretUse: 'RECORD' | 'REVOKE') =>
  app.owner.run(UpdateKeyPolicyDocument, {
    input: { organizationId: app.organizationId, policy: { onRetiredSecretUse } },
  })

export const TOKEN_CHANGES: readonly TokenChange[] = [
  {
    what: 'revokes a key',
    mutation: 'revokeKey',
    make: ({ app, api: { id } }) => app.owner.run(RevokeKeyDocument, { input: { id } }),
  },
  {
    what: 'revokes a personal key',
    mutation: 'revokeKey',
    make: ({ app, personal: { id } }) => app.owner.run(RevokeKeyDocument, { input: { id } }),
  },
  {
    what: 'revokes the keys that a filter finds',
    mutation: 'revokeKeys',
    make: async ({ app, api: { id } }) => {
      const { key } = await app.owner.run(KeyByIdDocument, { id })
      const input = { organizationId: app.organizationId, filter: { search: key?.name ?? '' }, expectedCount: 1 }
      return app.owner.run(RevokeKeysDocument, { input })
    },
  },
  {
    what: 'revokes the key of a found secret',
    mutation: 'revokeSecret',
    make: ({ app, personal: { secret } }) => app.anonymous.run(RevokeSecretDocument, { input: { secret } }),
  },
  {
    what: 'suspends a key',
    mutation: 'suspendKey',
    make: ({ app, api: { id } }) => app.owner.run(SuspendKeyDocument, { id }),
  },
  {
    what: 'resumes a key',
    mutation: 'resumeKey',
    prepare: ({ app, api: { id } }) => app.owner.run(SuspendKeyDocument, { id }),
    make: ({ app, api: { id } }) => app.owner.run(ResumeKeyDocument, { id }),
  },
  { what: 'takes grants from a key', mutation: 'updateKey', make: updateKey({ grants: NARROW }) },
  {
    what: 'gives a key more grants',
    mutation: 'updateKey',
    make: updateKey({ grants: [...WIDE, { module: 'members', role: 'VIEWER' }] }),
  },
  {
    what: 'changes what is no part of a token',
    mutation: 'updateKey',
    make: updateKey({ description: 'changed', allowedIps: ['127.0.0.0/8', '::1/128'], metadata: { a: 1 } }),
  },
  { what: 'rotates a key with an overlap', mutation: 'rotateKey', make: (stage) => rotate(stage, 'PT5M') },
  { what: 'rotates a key without an overlap', mutation: 'rotateKey', make: (stage) => rotate(stage, 'PT0S') },
  {
    what: 'completes a rotation early',
    mutation: 'completeRotation',
    prepare: (stage) => rotate(stage, 'PT5M'),
    make: ({ app, api: { id } }) => app.owner.run(CompleteRotationDocument, { id }),
  },
  {
    what: 'cancels a rotation',
    mutation: 'cancelRotation',
    announcesMore: true,
    prepare: (stage) => rotate(stage, 'PT5M'),
    make: ({ app, api: { id } }) => app.owner.run(CancelRotationDocument, { id }),
  },
  {
    what: 'revokes a token',
    mutation: 'revokeAccessToken',
    make: ({ app, tokens }) => {
      const token = tokens['of the API key'] ?? ''
      return app.anonymous.run(RevokeAccessTokenDocument, { input: { token } })
    },
  },
  {
    what: 'revokes a token for the suborganization',
    mutation: 'revokeAccessToken',
    make: ({ app, tokens }) => {
      const token = tokens['of the personal key, for the suborganization'] ?? ''
      return app.anonymous.run(RevokeAccessTokenDocument, { input: { token } })
    },
  },
  { what: 'takes grants from a member', mutation: 'updateMember', make: updateMember(NARROW) },
  { what: 'takes all grants from a member', mutation: 'updateMember', make: updateMember([]) },
  {
    what: 'gives a member more grants',
    mutation: 'updateMember',
    make: updateMember([...WIDE, { module: 'members', role: 'VIEWER' }]),
  },
  {
    what: 'removes a member',
    mutation: 'removeMember',
    make: async ({ app, userId }) => app.owner.run(RemoveMemberDocument, { memberId: await memberIdOf(app, userId) }),
  },
  {
    what: 'changes the policy',
    mutation: 'updateKeyPolicy',
    make: ({ app }) =>
      app.owner.run(UpdateKeyPolicyDocument, {
        input: {
          organizationId: app.organizationId,
          policy: { accessTokenLifetime: 'PT20M' },
        },
      }),
  },
  {
    what: 'has a use of a retired secret punished',
    mutation: 'updateKeyPolicy',
    // The revocation names the whole key, whose tokens ended when their secret was retired.
    announcesMore: true,
    prepare: async (stage) => {
      await rotate(stage, 'PT0S')
    },
    make: async ({ app, api }) => {
      await punish(app, 'REVOKE')
      await app.anonymous.with(api.secret).send('{ viewer { kind } }')
      await punish(app, 'RECORD')
    },
  },
]

/** Mutations that create something, or that change nothing of what exists. */
export const HARMLESS: readonly string[] = [
  'acceptInvitation',
  'acknowledgeExpiryWarning',
  'createApiKey',
  'createOrganization',
  'createPersonalAccessKey',
  'createProject',
  'defineModule',
  'exchangeKey',
  'inviteMember',
  'revokeInvitation',
]
