import { builder } from '../schema-kit/builder.ts'
import type { KeySecretRow } from './key.entity.ts'
import { secretStateOf } from './key.ts'
import { SecretStateRef } from './key-enums.graphql.ts'

export const KeySecretRef = builder.objectRef<KeySecretRow>('KeySecret').implement({
  description: 'A secret of a key. Its clear text is returned only when it is issued.',
  partOfParent: true,
  fields: (t) => ({
    hint: t.exposeString('hint', { description: 'Prefix and last four characters of the secret.' }),
    state: t.field({
      type: SecretStateRef,
      description: 'State of the secret.',
      resolve: (secret, _, { services }) => secretStateOf(secret, services.clock.now()),
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When it was issued.',
      resolve: (secret) => secret.createdAt,
    }),
    validUntil: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When the secret becomes or became invalid; null for the current one. If the overlap starts at the first use of the new secret, its latest end.',
      resolve: (secret) => secret.validUntil,
    }),
    lastUsedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the secret was last used, to within a few seconds.',
      resolve: (secret) => secret.lastUsedAt,
    }),
  }),
})
