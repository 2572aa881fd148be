import { causeOf } from '../audit/caller.ts'
import { badInput } from '../kernel/errors.ts'
import { checkId } from '../kernel/ids.ts'
import { OrganizationRef } from '../organizations/organizations.graphql.ts'
import { builder } from '../schema-kit/builder.ts'
import { callerOf } from '../schema-kit/context.ts'
import type { IssuedToken } from './access-token.ts'
import type { AuditCheckpoint, Checkpoints } from './checkpoints.ts'
import type { Exchange } from './exchange.ts'
import type { Introspect } from './introspect.ts'
import type { Revocation, RevocationFeed } from './revocation-feed.ts'
import type { RevokeToken } from './revoke-token.ts'
import type { RevocationRange, RevocationRanges } from './revocation-range.ts'

declare module '../schema-kit/context.ts' {
  interface Services {
    readonly exchange: Exchange
    readonly introspect: Introspect
    readonly revokeToken: RevokeToken
    readonly revocations: RevocationFeed
    readonly revocationRanges: RevocationRanges
    readonly checkpoints: Checkpoints
  }
}

const AccessTokenRef = builder.objectRef<IssuedToken>('AccessToken').implement({
  description: 'A short-lived token, as an OAuth token endpoint gives it.',
  partOfParent: true,
  fields: (t) => ({
    accessToken: t.exposeString('accessToken', { description: 'The token: a JWT per RFC 9068.' }),
    tokenType: t.string({ description: 'Bearer.', resolve: () => 'Bearer' }),
    expiresIn: t.exposeInt('expiresIn', { description: 'Seconds until it expires.' }),
    scope: t.exposeString('scope', { description: 'What it carries: module:role pairs separated by spaces.' }),
  }),
})

const ExchangeKeyInput = builder.inputType('ExchangeKeyInput', {
  description: 'A secret, and how narrow a token it is to be exchanged for.',
  fields: (t) => ({
    secret: t.string({ required: true, description: 'The secret of a key.' }),
    scope: t.string({ description: 'Narrower grants, as in OAuth: build:operator audit:viewer.' }),
    organizationId: t.id({ description: "The key's organization, or one below it." }),
    audience: t.string({
      description:
        "The service that the token is for: its `aud`. Default: the server's KEYTURN_TOKEN_AUDIENCE. Only a token for the server's public URL is accepted by Keyturn's own API.",
    }),
  }),
})
const RevokeAccessTokenInput = builder.inputType('RevokeAccessTokenInput', {
  description: 'A token to end before its time.',
  fields: (t) => ({ token: t.string({ required: true, description: 'The whole token.' }) }),
})
const RevokeAccessTokenPayload = builder.objectRef<{ accepted: boolean }>('RevokeAccessTokenPayload').implement({
  description: 'That the token was taken.',
  partOfParent: true,
  fields: (t) => ({
    accepted: t.exposeBoolean('accepted', { description: 'True for any well-formed token, known or not.' }),
  }),
})

const JWT_SHAPE = /^[\w-]+\.[\w-]+\.[\w-]+$/

builder.mutationFields((t) => ({
  exchangeKey: t.field({
    type: AccessTokenRef,
    description: 'Exchanges the secret of a key for an access token. Needs nothing but the secret.',
    args: { input: t.arg({ type: ExchangeKeyInput, required: true, description: 'The exchange.' }) },
    authScopes: { anyone: true },
    resolve: (_, { input }, { services, connection }) => {
      const { secret, ...request } = input
      if (request.organizationId != null) checkId('organization', request.organizationId, 'organizationId')
      return services.exchange.secret(secret, request, connection.origin)
    },
  }),
  revokeAccessToken: t.field({
    type: RevokeAccessTokenPayload,
    description: 'Ends an access token before its time. Needs nothing but the token.',
    args: { input: t.arg({ type: RevokeAccessTokenInput, required: true, description: 'The token.' }) },
    authScopes: { anyone: true },
    resolve: async (_, { input }, { services, principal, connection }) => {
      if (!JWT_SHAPE.test(input.token))
        throw badInput('token', 'is no access token: take the whole text, with both of its dots')
      await services.revokeToken.revoke(input.token, causeOf(principal, connection.origin))
      return { accepted: true }
    },
  }),
}))

const RevocationRef = builder.objectRef<Revocation>('Revocation').implement({
  description:
    'Tells a verifier to refuse tokens: of one token (tokenId), or of a key as far as issued before revokedAt.',
  partOfParent: true,
  fields: (t) => ({
    sequence: t.field({
      type: 'SafeInt',
      description: "Position in the organization's history; hand it to after to resume.",
      resolve: (revocation) => revocation.sequence,
    }),
    keyId: t.exposeID('keyId', { description: 'The key: client_id of its tokens.' }),
    tokenId: t.exposeString('tokenId', {
      nullable: true,
      description: 'jti of the one token; null for all of the key.',
    }),
    revokedAt: t.field({
      type: 'DateTime',
      description: 'Tokens of the key issued before it are to be refused.',
      resolve: (revocation) => revocation.revokedAt,
    }),
  }),
})

builder.subscriptionField('revocations', (t) =>
  t.field({
    type: RevocationRef,
    description:
      'Which tokens of the keys of an organization have been ended, live: for resource servers that verify tokens offline. Needs tokens:viewer.',
    args: {
      organizationId: t.arg.id({ required: true, description: 'The organization.' }),
      after: t.arg({
        type: 'SafeInt',
        description: 'Replay every revocation with a greater sequence first (0: all), then go on without a gap.',
      }),
    },
    authScopes: (_, { organizationId }) => ({ may: { permission: 'readTokens', in: organizationId } }),
    subscribe: (_, args, context) =>
      context.services.revocations.subscribe(callerOf(context), context.connection, args),
    resolve: ({ value }) => value,
  }),
)

const RevocationRangeRef = builder.objectRef<RevocationRange>('RevocationRange').implement({
  description: 'Which revocations a verifier must have received to be up to date.',
  partOfParent: true,
  fields: (t) => ({
    after: t.field({
      type: 'SafeInt',
      description: 'Where to begin: pass it to the subscription. All tokens that were ended before it have expired.',
      resolve: ({ after }) => after,
    }),
    head: t.field({
      type: 'SafeInt',
      description: 'Sequence of the newest revocation; equal to after where there is none behind it.',
      resolve: ({ head }) => head,
    }),
  }),
})

builder.objectField(OrganizationRef, 'revocationRange', (t) =>
  t.field({
    type: RevocationRangeRef,
    description:
      'Where a verifier begins to read revocations, and when it has caught up: once it has received head. Needs tokens:viewer.',
    args: {
      after: t.arg({
        type: 'SafeInt',
        description:
          'The last sequence that was received. Default: one longest token lifetime (P1D) ago, which is also the limit.',
      }),
    },
    authScopes: ({ id }) => ({ may: { permission: 'readTokens', in: id } }),
    resolve: ({ id }, args, context) => context.services.revocationRanges.find(callerOf(context), id, args),
  }),
)

const AuditCheckpointRef = builder.objectRef<AuditCheckpoint>('AuditCheckpoint').implement({
  description:
    'The signed head of an audit history. Kept elsewhere, it shows later that nothing before it was changed or cut off.',
  partOfParent: true,
  fields: (t) => ({
    sequence: t.field({
      type: 'SafeInt',
      description: 'Sequence of the newest event; zero for a history that has not begun.',
      resolve: (checkpoint) => checkpoint.sequence,
    }),
    hash: t.exposeString('hash', { description: 'Its hash.' }),
    signedAt: t.field({
      type: 'DateTime',
      description: 'When it was signed.',
      resolve: (checkpoint) => checkpoint.signedAt,
    }),
    signature: t.exposeString('signature', {
      description:
        'Compact JWS of organization, sequence, hash and signedAt. Verify it with the keys at /.well-known/keyturn/checkpoint-keys, which are kept for ever.',
    }),
  }),
})

builder.objectField(OrganizationRef, 'auditCheckpoint', (t) =>
  t.field({
    type: AuditCheckpointRef,
    nullable: true,
    description:
      'Signs the head of its audit history, to be kept elsewhere. CONFLICT where the history contradicts an earlier checkpoint. Needs audit:manager.',
    authScopes: ({ id }) => ({ may: { permission: 'verifyHistory', in: id } }),
    resolve: ({ id }, _, context) => context.services.checkpoints.sign(callerOf(context), id),
  }),
)
