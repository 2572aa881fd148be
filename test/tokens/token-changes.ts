import {
  AcceptInvitationDocument,
  CancelRotationDocument,
  CompleteRotationDocument,
  CreateOrganizationDocument,
  type GrantInput,
  InviteMemberDocument,
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
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { findUser, listMembershipsOf } from '../../src/memberships/members.store.ts'
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
  /** A root organization beside the first one, that the owner of the service owns too. */
  readonly beside: string
  /** A person with a membership in the organization, in the one below it, and in the one beside it. */
  readonly threefold: {
    readonly userId: string
    readonly inOrganization: string
    readonly inBelow: string
    readonly inBeside: string
  }
  readonly tokens: Readonly<Record<string, string>>
}

const LOCAL: GrantInput[] = [
  { module: 'audit', role: 'VIEWER' },
  { module: 'members', role: 'VIEWER' },
]

/** Makes an existing person a member of another organization as well. Returns the id of the membership. */
const addMembership = async (app: TestApp, userId: string, organizationId: string, grants: GrantInput[]) => {
  const { database } = app.app.parts.services
  const user = await database.read((reader) => findUser(reader, userId))
  if (user === null) throw new Error(`There is no user ${userId}.`)
  const { inviteMember } = await app.owner.run(InviteMemberDocument, {
    input: { organizationId, email: user.email, grants },
  })
  const { invitationToken } = inviteMember
  await app.anonymous.run(AcceptInvitationDocument, { input: { invitationToken, name: user.name } })
  return membershipIn(app, userId, organizationId)
}

/** The id of the person's own membership in an organization, not of an inherited one. */
const membershipIn = async (app: TestApp, userId: string, organizationId: string): Promise<string> => {
  const { database } = app.app.parts.services
  const memberships = await database.read((reader) => listMembershipsOf(reader, userId))
  const found = memberships.find((one) => one.organizationId === organizationId)
  if (found === undefined) throw new Error(`${userId} has no membership in ${organizationId}.`)
  return found.id
}

/** A person with three memberships, and tokens of a personal key of each. */
const setThreefold = async (app: TestApp, below: string, beside: string) => {
  // Below first: a member is not invited to an organization below.
  const { userId } = await app.person('Grace', LOCAL, below)
  const threefold = {
    userId,
    inOrganization: await addMembership(app, userId, app.organizationId, WIDE),
    inBelow: await membershipIn(app, userId, below),
    inBeside: await addMembership(app, userId, beside, [{ module: '*', role: 'OWNER' }]),
  }
  const keyIn = (organizationId: string) => keyAfterSignIn(app, userId, { name: 'threefold', organizationId })
  const [own, ofBelow, ofBeside] = [await keyIn(app.organizationId), await keyIn(below), await keyIn(beside)]
  const tokens = {
    'of the key in the organization': await tokenOf(app, own),
    'of the key in the organization, for the suborganization': await tokenOf(app, own, { organization_id: below }),
    'of the key in the suborganization': await tokenOf(app, ofBelow),
    'of the key in the organization beside': await tokenOf(app, ofBeside),
    // The unnarrowed key of who owns the service reaches every organization that they are a member of.
    'of the owner, for the organization beside': await exchanged(app, app.ownerSecret, { organization_id: beside }),
    'of the owner': await exchanged(app, app.ownerSecret),
  }
  return { threefold, tokens }
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
  const { createOrganization } = await app.owner.run(CreateOrganizationDocument, {
    input: { name: `Beside ${stages}` },
  })
  const beside = createOrganization.organization.id
  const { threefold, tokens: ofThreefold } = await setThreefold(app, below, beside)
  const api = await app.apiKey({ grants: WIDE, neverExpires: true })
  const person = await app.person('Ada', WIDE)
  const personal = await keyAfterSignIn(app, person.userId, { name: 'subject' })
  const tokens = {
    ...(await tokensOf(app, 'the API key', api, below)),
    ...(await tokensOf(app, 'the personal key', personal, below)),
    // Nothing is ever done to this key.
    ...(await tokensOf(app, 'another API key', await app.apiKey({ grants: WIDE }), below)),
  }
  return { app, below, beside, api, personal, userId: person.userId, threefold, tokens: { ...tokens, ...ofThreefold } }
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

/** Changes one of the three memberships of a person. */
const updateOneOf =
  (which: 'inOrganization' | 'inBelow' | 'inBeside', grants: GrantInput[]) =>
  ({ app, threefold }: Stage) =>
    app.owner.run(UpdateMemberDocument, { input: { memberId: threefold[which], grants } })

const removeOneOf =
  (which: 'inOrganization' | 'inBelow' | 'inBeside') =>
  ({ app, threefold }: Stage) =>
    app.owner.run(RemoveMemberDocument, { memberId: threefold[which] })

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
    what: 'takes grants from one of three memberships, above',
    mutation: 'updateMember',
    make: updateOneOf('inOrganization', NARROW),
  },
  {
    what: 'takes a grant from one of three memberships, below, that no other gives',
    mutation: 'updateMember',
    make: updateOneOf('inBelow', NARROW),
  },
  {
    what: 'takes a grant from one of three memberships, below, that the one above gives too',
    mutation: 'updateMember',
    make: updateOneOf('inBelow', [{ module: 'members', role: 'VIEWER' }]),
  },
  {
    what: 'takes grants from one of three memberships, beside',
    mutation: 'updateMember',
    make: updateOneOf('inBeside', NARROW),
  },
  {
    what: 'takes grants from the membership of the owner of the service beside',
    mutation: 'updateMember',
    make: async ({ app, beside }) => {
      const { viewer } = await app.owner.run(ViewerDocument, {})
      const memberId = await membershipIn(app, viewer.user?.id ?? '', beside)
      const grants: GrantInput[] = [{ module: '*', role: 'MANAGER' }]
      return app.owner.run(UpdateMemberDocument, { input: { memberId, grants } })
    },
  },
  {
    what: 'ends one of three memberships, above',
    mutation: 'removeMember',
    make: removeOneOf('inOrganization'),
  },
  { what: 'ends one of three memberships, below', mutation: 'removeMember', make: removeOneOf('inBelow') },
  { what: 'ends one of three memberships, beside', mutation: 'removeMember', make: removeOneOf('inBeside') },
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
  'createNotificationRoute',
  'updateNotificationRoute',
  'deleteNotificationRoute',
  'sendTestNotification',
  'redeliverNotifications',
  'acceptInvitation',
  'acknowledgeExpiryWarning',
  'createApiKey',
  'createOrganization',
  'createPersonalAccessKey',
  'createProject',
  'defineModule',
  'updateAuditRetention',
  'endSessions',
  'exchangeKey',
  'inviteMember',
  'revokeInvitation',
]
