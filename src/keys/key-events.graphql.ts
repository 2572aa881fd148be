import { AuditEventRef, AuditEventTypeRef } from '../audit/audit.graphql.ts'
import { builder } from '../schema-kit/builder.ts'
import { callerOf } from '../schema-kit/context.ts'

builder.subscriptionField('keyEvents', (t) =>
  t.field({
    type: AuditEventRef,
    description:
      'Live events about the keys of an organization, or about one key. Events about a personal key are delivered to callers who may read it. Events about tokens are delivered only if `types` names them. Requires `keys:viewer`.',
    args: {
      organizationId: t.arg.id({ required: true, description: 'Id of the organization.' }),
      keyId: t.arg.id({ description: 'Delivers only events about the key with this id.' }),
      types: t.arg({
        type: [AuditEventTypeRef],
        description:
          'Delivers only events of these types, at most 100. Default: all types about keys, without those about tokens.',
      }),
      after: t.arg({
        type: 'SafeInt',
        description:
          'Sequence to resume after: first replays every event with a greater sequence (0 for all), then continues live, without gaps or duplicates. Default: only new events.',
      }),
    },
    authScopes: (_, { organizationId }) => ({ may: { permission: 'readKeys', in: organizationId } }),
    subscribe: (_, args, context) => context.services.keyEvents.subscribe(callerOf(context), context.connection, args),
    resolve: ({ value }) => value,
  }),
)
