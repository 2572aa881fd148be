import { AuditEventRef, AuditEventTypeRef } from '../audit/audit.graphql.ts'
import { builder } from '../schema-kit/builder.ts'
import { callerOf } from '../schema-kit/context.ts'

builder.subscriptionField('keyEvents', (t) =>
  t.field({
    type: AuditEventRef,
    description:
      'Every event about the keys of an organization, or about one key, live. Events about personal keys go to those who may read them, events about tokens to those who name their types. Needs keys:viewer.',
    args: {
      organizationId: t.arg.id({ required: true, description: 'The organization.' }),
      keyId: t.arg.id({ description: 'Events about this key alone.' }),
      types: t.arg({ type: [AuditEventTypeRef], description: 'Events of these types alone; at most 100 items.' }),
      after: t.arg({
        type: 'SafeInt',
        description: 'Replay every event with a greater sequence first (0: all), then go on without a gap.',
      }),
    },
    authScopes: (_, { organizationId }) => ({ may: { permission: 'readKeys', in: organizationId } }),
    subscribe: (_, args, context) => context.services.keyEvents.subscribe(callerOf(context), context.connection, args),
    resolve: ({ value }) => value,
  }),
)
