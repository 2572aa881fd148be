import type { AuditBaseRow } from '../audit/audit-base.entity.ts'
import { loadOrganization } from '../organizations/context.graphql.ts'
import { OrganizationRef } from '../organizations/organizations.graphql.ts'
import { builder } from '../schema-kit/builder.ts'
import { callerOf } from '../schema-kit/context.ts'
import type { AuditRetention, RetentionService, RetentionState } from './retention.service.ts'

declare module '../schema-kit/context.ts' {
  interface Services {
    readonly retention: RetentionService
  }
}

const RetentionStateEnum = builder.enumType('AuditRetentionState', {
  description: 'Whether old events of an audit log are archived and deleted.',
  values: {
    OFF: { description: 'Events are kept permanently.' },
    NO_ARCHIVE: {
      description:
        'Nothing is deleted, because the server is configured without a directory for archives (`KEYTURN_AUDIT_ARCHIVE_DIR`).',
    },
    HELD_BACK: {
      description:
        'Events stay longer than they should: a notification route, which may be disabled, has not sent them yet. Enable or delete the route.',
    },
    ACTIVE: { description: 'Events are archived and deleted within about a day after their time.' },
  } satisfies Record<RetentionState, object>,
})

const AuditBaseRef = builder.objectRef<AuditBaseRow>('AuditBase').implement({
  description:
    'The last archived event of an audit log, signed. It replaces all events up to it: the first remaining event contains its hash.',
  partOfParent: true,
  fields: (t) => ({
    sequence: t.field({
      type: 'SafeInt',
      description: 'Sequence of the last archived event.',
      resolve: (base) => base.sequence,
    }),
    hash: t.exposeString('hash', { description: 'Hash of the last archived event.' }),
    signedAt: t.field({ type: 'DateTime', description: 'When the base was signed.', resolve: (base) => base.signedAt }),
    signature: t.exposeString('signature', {
      description:
        'Compact JWS of organization, sequence, hash and signedAt, with `typ` `keyturn-audit-base+jws`. The keys at /.well-known/keyturn/checkpoint-keys verify it.',
    }),
  }),
})

const AuditRetentionRef = builder.objectRef<AuditRetention>('AuditRetention').implement({
  description: 'How long an organization keeps the events of its audit log, and where the log begins.',
  partOfParent: true,
  fields: (t) => ({
    keep: t.field({
      type: 'Duration',
      nullable: true,
      description: 'How long events are kept before they are archived and deleted. Null if they are kept permanently.',
      resolve: (retention) => retention.keep,
    }),
    state: t.field({
      type: RetentionStateEnum,
      description: 'Whether old events are archived and deleted.',
      resolve: (retention) => retention.state,
    }),
    firstSequence: t.field({
      type: 'SafeInt',
      description: 'Sequence of the first event in the log. 1 if no event was archived.',
      resolve: ({ base }) => (base?.sequence ?? 0) + 1,
    }),
    base: t.field({
      type: AuditBaseRef,
      nullable: true,
      description: 'The last archived event, signed. Null if none was archived.',
      resolve: (retention) => retention.base,
    }),
  }),
})

builder.objectField(OrganizationRef, 'auditRetention', (t) =>
  t.field({
    type: AuditRetentionRef,
    nullable: true,
    description: 'How long the audit log is kept, and where it begins. Requires `audit:viewer`.',
    authScopes: ({ id }) => ({ may: { permission: 'readAuditLog', in: id } }),
    resolve: ({ id }, _, context) => context.services.retention.find(callerOf(context), id),
  }),
)

const UpdateAuditRetentionInput = builder.inputType('UpdateAuditRetentionInput', {
  description: 'How long an organization keeps the events of its audit log.',
  fields: (t) => ({
    organizationId: t.id({
      required: true,
      description: 'Id of the organization. Its sub-organizations keep their own setting.',
    }),
    keep: t.field({
      type: 'Duration',
      description: 'How long events are kept, at least `P30D`. Null, the default, keeps them permanently.',
    }),
  }),
})

const UpdateAuditRetentionPayload = builder
  .objectRef<{ organizationId: string }>('UpdateAuditRetentionPayload')
  .implement({
    description: 'Result of `updateAuditRetention`.',
    partOfParent: true,
    fields: (t) => ({
      organization: t.field({
        type: OrganizationRef,
        description: 'The organization.',
        resolve: ({ organizationId }, _, context) => loadOrganization(context, organizationId),
      }),
    }),
  })

builder.mutationField('updateAuditRetention', (t) =>
  t.field({
    type: UpdateAuditRetentionPayload,
    description:
      'Sets how long the events of an audit log are kept. Older events are written to an archive, replaced by a signed base, and deleted. Requires `audit:manager`.',
    args: { input: t.arg({ type: UpdateAuditRetentionInput, required: true, description: 'The setting.' }) },
    authScopes: (_, { input }) => ({ may: { permission: 'manageRetention', in: input.organizationId } }),
    resolve: async (_, { input }, context) => {
      await context.services.retention.update(callerOf(context), input.organizationId, input.keep ?? null)
      return { organizationId: input.organizationId }
    },
  }),
)
