import { ActorRef } from '../audit/audit.graphql.ts'
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
  description: 'That a key comes near its expiry. Written once for a key and threshold.',
  interfaces: [NodeRef],
  authScopes: (warning, context) => loadKey(context, warning.keyId).then((key) => ({ rule: mayReadKey(key) })),
  fields: (t) => ({
    sequence: t.field({
      type: 'SafeInt',
      description: "Position in the organization's history; hand it to a subscription's after to resume.",
      resolve: (warning) => warning.sequence,
    }),
    key: t.field({
      type: KeyRef,
      description: 'The key.',
      resolve: (warning, _, context) => loadKey(context, warning.keyId),
    }),
    threshold: t.field({
      type: 'Duration',
      description: 'How long before the expiry the warning was due.',
      resolve: (warning) => warning.threshold,
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'The expiry that is warned of.',
      resolve: (warning) => warning.expiresAt,
    }),
    secondsLeft: t.int({
      description: 'Whole seconds until then, now; zero once it has passed.',
      resolve: (warning, _, { services }) => secondsUntil(warning.expiresAt, services.clock.now()),
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When the warning was written.',
      resolve: (warning) => warning.createdAt,
    }),
    acknowledgedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When somebody said that they have seen it.',
      resolve: (warning) => warning.acknowledgedAt,
    }),
    acknowledgedBy: t.field({
      type: ActorRef,
      nullable: true,
      description: 'Who said that they have seen it.',
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
    description: 'The warnings about its keys, newest first, as far as the caller may see the keys. Needs keys:viewer.',
    args: {
      ...pagingArgs,
      acknowledged: t.arg.boolean({ description: 'Only those that somebody has seen, or only those that nobody has.' }),
    },
    authScopes: ({ id }) => ({ may: { permission: 'readWarnings', in: id } }),
    resolve: ({ id }, { acknowledged, ...paging }, context) =>
      context.services.warnings.page(callerOf(context), id, acknowledged, paging),
  }),
)

const AcknowledgeExpiryWarningInput = builder.inputType('AcknowledgeExpiryWarningInput', {
  description: 'Which warning was seen.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Id of the warning.' }) }),
})
const AcknowledgeExpiryWarningPayload = builder
  .objectRef<{ expiryWarning: ExpiryWarningRow }>('AcknowledgeExpiryWarningPayload')
  .implement({
    description: 'The warning that was acknowledged.',
    partOfParent: true,
    fields: (t) => ({
      expiryWarning: t.field({
        type: ExpiryWarningRef,
        description: 'The warning, as it is now.',
        resolve: (payload) => payload.expiryWarning,
      }),
    }),
  })

builder.mutationField('acknowledgeExpiryWarning', (t) =>
  t.field({
    type: AcknowledgeExpiryWarningPayload,
    description:
      'Says that somebody has seen a warning; saying it again changes nothing. Needs keys:viewer; of a personal key, keys:manager or to own it.',
    args: { input: t.arg({ type: AcknowledgeExpiryWarningInput, required: true, description: 'The warning.' }) },
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
      'Warnings about the keys of an organization that the caller may see, live. Needs keys:viewer; the owner of a personal key gets the warnings about it in any case.',
    args: {
      organizationId: t.arg.id({ required: true, description: 'The organization.' }),
      after: t.arg({
        type: 'SafeInt',
        description:
          'Replay every warning with a greater sequence first (0: all), then go on live, with no gap and no repeat. Without it: only what comes.',
      }),
    },
    authScopes: (_, { organizationId }) => ({ sees: organizationId }),
    subscribe: (_, args, context) =>
      context.services.warningFeed.subscribe(callerOf(context), context.connection, args),
    resolve: ({ value }) => value,
  }),
)
