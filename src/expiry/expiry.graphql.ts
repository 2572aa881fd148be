import { ActorRef } from '../audit/actor.graphql.ts'
import { andThen } from '../kernel/maybe-promise.ts'
import { loadKey, mayReadKey } from '../keys/context.graphql.ts'
import { KeyRef } from '../keys/keys.graphql.ts'
import { OrganizationRef } from '../organizations/organizations.graphql.ts'
import { builder } from '../schema-kit/builder.ts'
import { createConnection, pagingArgs } from '../schema-kit/connections.ts'
import { callerOf } from '../schema-kit/context.ts'
import { NodeRef, registerNode } from '../schema-kit/node.ts'
import type { ExpiryWarningRow } from './expiry-warning.entity.ts'
import type { ExpiryWarningFeed } from './expiry-warning-feed.ts'
import type { ExpiryWarningsService } from './expiry-warnings.service.ts'

declare module '../schema-kit/context.ts' {
  interface Services {
    readonly warnings: ExpiryWarningsService
    readonly warningFeed: ExpiryWarningFeed
  }
}

const LARGEST_INT = 2 ** 31 - 1

const secondsUntil = (instant: Date, now: Date): number =>
  Math.min(LARGEST_INT, Math.max(0, Math.ceil((instant.getTime() - now.getTime()) / 1000)))

export const ExpiryWarningRef = builder.objectRef<ExpiryWarningRow>('ExpiryWarning').implement({
  description:
    'A warning that a key is about to expire, or to be revoked because it is unused. There is one per key, threshold and expiry.',
  interfaces: [NodeRef],
  authScopes: (warning, context) => andThen(loadKey(context, warning.keyId), (key) => ({ rule: mayReadKey(key) })),
  fields: (t) => ({
    sequence: t.field({
      type: 'SafeInt',
      description: 'Position in the audit log of the organization. Pass it to a subscription as `after` to resume.',
      resolve: (warning) => warning.sequence,
    }),
    key: t.field({
      type: KeyRef,
      description: 'The key that the warning is about.',
      resolve: (warning, _, context) => loadKey(context, warning.keyId),
    }),
    threshold: t.field({
      type: 'Duration',
      description: 'How long before `expiresAt` the warning was due.',
      resolve: (warning) => warning.threshold,
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'Time at which the key expires, or is revoked if it stays unused.',
      resolve: (warning) => warning.expiresAt,
    }),
    secondsLeft: t.int({
      description: 'Number of whole seconds until `expiresAt`. 0 if that time has passed.',
      resolve: (warning, _, { services }) => secondsUntil(warning.expiresAt, services.clock.now()),
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'Time at which the warning was written.',
      resolve: (warning) => warning.createdAt,
    }),
    acknowledgedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Time at which the warning was acknowledged. Null if it was not.',
      resolve: (warning) => warning.acknowledgedAt,
    }),
    acknowledgedBy: t.field({
      type: ActorRef,
      nullable: true,
      description: 'The caller that acknowledged the warning. Null if it was not acknowledged.',
      resolve: ({ acknowledgedByKind: kind, acknowledgedById: id, acknowledgedByName: name }) =>
        kind === null ? null : { kind, id, name },
    }),
  }),
})

registerNode('warning', {
  typeOf: () => 'ExpiryWarning',
  find: (id, context) => context.services.warnings.find(callerOf(context), id),
})

const ExpiryWarningConnectionRef = createConnection('ExpiryWarning', 'expiry warnings', ExpiryWarningRef)

builder.objectField(OrganizationRef, 'expiryWarnings', (t) =>
  t.field({
    type: ExpiryWarningConnectionRef,
    nullable: true,
    description:
      'Expiry warnings about the keys of the organization that the caller can read, newest first. Requires `keys:viewer`.',
    args: {
      ...pagingArgs,
      acknowledged: t.arg.boolean({
        description: 'Return only warnings that were acknowledged (true), or only those that were not (false).',
      }),
    },
    authScopes: ({ id }) => ({ may: { permission: 'readWarnings', in: id } }),
    resolve: ({ id }, { acknowledged, ...paging }, context) =>
      context.services.warnings.page(callerOf(context), id, acknowledged, paging),
  }),
)

const AcknowledgeExpiryWarningInput = builder.inputType('AcknowledgeExpiryWarningInput', {
  description: 'The expiry warning to acknowledge.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Id of the expiry warning.' }) }),
})
const AcknowledgeExpiryWarningPayload = builder
  .objectRef<{ expiryWarning: ExpiryWarningRow }>('AcknowledgeExpiryWarningPayload')
  .implement({
    description: 'The result of acknowledging an expiry warning.',
    partOfParent: true,
    fields: (t) => ({
      expiryWarning: t.field({
        type: ExpiryWarningRef,
        description: 'The acknowledged warning.',
        resolve: (payload) => payload.expiryWarning,
      }),
    }),
  })

builder.mutationField('acknowledgeExpiryWarning', (t) =>
  t.field({
    type: AcknowledgeExpiryWarningPayload,
    description:
      'Acknowledges an expiry warning. Acknowledging it again changes nothing. Requires `keys:viewer`. For a personal access key, requires `keys:manager` or its ownership.',
    args: { input: t.arg({ type: AcknowledgeExpiryWarningInput, required: true, description: 'The expiry warning.' }) },
    authScopes: { caller: true },
    resolve: async (_, { input }, context) => ({
      expiryWarning: await context.services.warnings.acknowledge(callerOf(context), input.id),
    }),
  }),
)

builder.subscriptionField('expiryWarnings', (t) =>
  t.field({
    type: ExpiryWarningRef,
    description:
      'Expiry warnings about the keys of an organization that the caller can read, as they are written. Requires `keys:viewer`. The owner of a personal access key receives the warnings about it without a grant.',
    args: {
      organizationId: t.arg.id({ required: true, description: 'Id of the organization.' }),
      after: t.arg({
        type: 'SafeInt',
        description:
          'Sequence to resume after: first replays every warning with a greater sequence (0 for all), then continues live, without gaps or duplicates. Default: only new warnings.',
      }),
    },
    authScopes: (_, { organizationId }) => ({ sees: organizationId }),
    subscribe: (_, args, context) =>
      context.services.warningFeed.subscribe(callerOf(context), context.connection, args),
    resolve: ({ value }) => value,
  }),
)
