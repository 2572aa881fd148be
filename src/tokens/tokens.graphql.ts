import { causeOf } from '../audit/caller.ts'
import { badInput } from '../kernel/errors.ts'
import { checkId } from '../kernel/ids.ts'
import { OrganizationRef } from '../organizations/organizations.graphql.ts'
import { builder } from '../schema-kit/builder.ts'
import { callerOf } from '../schema-kit/context.ts'
import type { IssuedToken } from './access-token.ts'
import type { Checkpoints } from './checkpoints.ts'
import type { Exchange } from './exchange.ts'
import type { Introspect } from './introspect.ts'
import type { Revocation, RevocationFeed } from './revocation-feed.ts'
import type { RevocationRange, RevocationRanges } from './revocation-range.ts'
import type { RevokeToken } from './revoke-token.ts'

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
  description: 'A short-lived access token, as the OAuth token endpoint returns it.',
  partOfParent: true,
  fields: (t) => ({
    accessToken: t.exposeString('accessToken', { description: 'The access token, a JWT (RFC 9068).' }),
    tokenType: t.string({ description: 'Always Bearer.', resolve: () => 'Bearer' }),
    expiresIn: t.exposeInt('expiresIn', { description: 'Lifetime of the token, in seconds.' }),
    scope: t.exposeString('scope', { description: 'Grants of the token: module:role, separated by spaces.' }),
  }),
})

const ExchangeKeyInput = builder.inputType('ExchangeKeyInput', {
  description: 'A secret to exchange, and what the access token is for.',
  fields: (t) => ({
    secret: t.string({ required: true, description: 'The secret of a key.' }),
    scope: t.string({
      description:
        'Narrower grants, separated by spaces, such as `build:operator audit:viewer`. Default: all grants of the key.',
    }),
    organizationId: t.id({
      description: "Organization in which the token is valid: the key's, which is the default, or one below it.",
    }),
    audience: t.string({
      description:
        "Service that the token is for (`aud`). Default: KEYTURN_TOKEN_AUDIENCE of the server. Keyturn's own API accepts only tokens for its public URL.",
    }),
  }),
})
const RevokeAccessTokenInput = builder.inputType('RevokeAccessTokenInput', {
  description: 'An access token to revoke.',
  fields: (t) => ({ token: t.string({ required: true, description: 'The complete access token.' }) }),
})
const RevokeAccessTokenPayload = builder.objectRef<{ accepted: boolean }>('RevokeAccessTokenPayload').implement({
  description: 'Result of the revocation of an access token.',
  partOfParent: true,
  fields: (t) => ({
    accepted: t.exposeBoolean('accepted', { description: 'True for any well-formed token, known or not.' }),
  }),
})

const JWT_SHAPE = /^[\w-]+\.[\w-]+\.[\w-]+$/

builder.mutationFields((t) => ({
  exchangeKey: t.field({
    type: AccessTokenRef,
    description: 'Exchanges the secret of a key for an access token. Requires no credential besides the secret.',
    args: {
      input: t.arg({ type: ExchangeKeyInput, required: true, description: 'The secret, and what the token is for.' }),
    },
    authScopes: { anyone: true },
    resolve: (_, { input }, { services, connection }) => {
      const { secret, ...request } = input
      if (request.organizationId != null) checkId('organization', request.organizationId, 'organizationId')
      return services.exchange.secret(secret, request, connection.origin)
    },
  }),
  revokeAccessToken: t.field({
    type: RevokeAccessTokenPayload,
    description: 'Revokes an access token. Requires no credential besides the token.',
    args: { input: t.arg({ type: RevokeAccessTokenInput, required: true, description: 'The token to revoke.' }) },
    authScopes: { anyone: true },
    resolve: async (_, { input }, { services, principal, connection }) => {
      if (!JWT_SHAPE.test(input.token))
        throw badInput('token', 'must be a complete access token: three parts separated by dots')
      await services.revokeToken.revoke(input.token, causeOf(principal, connection.origin))
      return { accepted: true }
    },
  }),
}))

const RevocationRef = builder.objectRef<Revocation>('Revocation').implement({
  description:
    'Tokens that a verifier must refuse: one token (tokenId), or all tokens of a key that were issued before revokedAt.',
  partOfParent: true,
  fields: (t) => ({
    sequence: t.field({
      type: 'SafeInt',
      description: "Position in the organization's audit log. Pass it as after to resume.",
      resolve: (revocation) => revocation.sequence,
    }),
    keyId: t.exposeID('keyId', { description: 'Id of the key: client_id of its tokens.' }),
    tokenId: t.exposeString('tokenId', {
      nullable: true,
      description: 'jti of the revoked token; null for all tokens of the key.',
    }),
    revokedAt: t.field({
      type: 'DateTime',
      description: 'Refuse tokens of the key that were issued before this instant.',
      resolve: (revocation) => revocation.revokedAt,
    }),
  }),
})

builder.subscriptionField('revocations', (t) =>
  t.field({
    type: RevocationRef,
    description:
      'Live revocations of access tokens for the organization, for resource servers that verify tokens offline. Requires `tokens:viewer`.',
    args: {
      organizationId: t.arg.id({ required: true, description: 'The organization.' }),
      after: t.arg({
        type: 'SafeInt',
        description:
          'Replays every revocation with a greater sequence first (0: all), and continues live without a gap.',
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
    nullable: true,
    description:
      'Where a verifier begins to read revocations, and when it has caught up: once it has received head. Requires `tokens:viewer`.',
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
