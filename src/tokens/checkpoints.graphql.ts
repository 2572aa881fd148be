import { OrganizationRef } from '../organizations/organizations.graphql.ts'
import { builder } from '../schema-kit/builder.ts'
import { callerOf } from '../schema-kit/context.ts'
import type { AuditCheckpoint } from './checkpoints.ts'

const AuditCheckpointRef = builder.objectRef<AuditCheckpoint>('AuditCheckpoint').implement({
  description:
    'The signed head of an audit log. A copy kept elsewhere proves later that no event before it was changed or removed.',
  partOfParent: true,
  fields: (t) => ({
    sequence: t.field({
      type: 'SafeInt',
      description: 'Sequence of the newest event; 0 for an empty audit log.',
      resolve: (checkpoint) => checkpoint.sequence,
    }),
    hash: t.exposeString('hash', { description: 'Hash of the newest event.' }),
    signedAt: t.field({
      type: 'DateTime',
      description: 'When the head was signed.',
      resolve: (checkpoint) => checkpoint.signedAt,
    }),
    signature: t.exposeString('signature', {
      description:
        'Compact JWS of organization, sequence, hash and signedAt. The keys at /.well-known/keyturn/checkpoint-keys verify it; they are kept permanently.',
    }),
  }),
})

builder.objectField(OrganizationRef, 'auditCheckpoint', (t) =>
  t.field({
    type: AuditCheckpointRef,
    nullable: true,
    description:
      'Signs the head of the audit log, to be kept elsewhere. CONFLICT if the log contradicts an earlier checkpoint. Requires `audit:manager`.',
    authScopes: ({ id }) => ({ may: { permission: 'verifyAuditLog', in: id } }),
    resolve: ({ id }, _, context) => context.services.checkpoints.sign(callerOf(context), id),
  }),
)
