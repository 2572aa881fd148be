import { AuditEventRef, AuditEventTypeRef } from '../audit/audit.graphql.ts'
import { builder } from '../schema-kit/builder.ts'
import { callerOf } from '../schema-kit/context.ts'

builder.subscriptionField('keyEvents', (t) =>
  t.field({
    type: AuditEventRef,
    description:
      'Live events about the keys of an organization, or about one key. Events about a personal key are delivered to callers who may read it. Events about tokens are delivered only if `types` names them. Requires `keys:viewer`.',
    args: {
      organizationId: t.arg.id({ required: true, description: 'The organization.' }),
      keyId: t.arg.id({ description: 'Only events about this key.' }),
      types: t.arg({ type: [AuditEventTypeRef], description: 'Only events of these types; at most 100 items.' }),
      after: t.arg({
        type: 'SafeInt',
        description: 'Replays every event with a greater sequence first (0: all), and continues live without a gap.',
      }),
    },
    authScopes: (_, { organizationId }) => ({ may: { permission: 'readKeys', in: organizationId } }),
    subscribe: (_, args, context) => context.services.keyEvents.subscribe(callerOf(context), context.connection, args),
    resolve: ({ value }) => value,
  }),
)
