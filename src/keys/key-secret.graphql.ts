import { builder } from '../schema-kit/builder.ts'
import type { KeySecretRow } from './key.entity.ts'
import { secretStateOf } from './key.ts'
import { SecretStateRef } from './key-enums.graphql.ts'

export const KeySecretRef = builder.objectRef<KeySecretRow>('KeySecret').implement({
  description: 'A secret of a key. The secret itself is returned only once, when it is issued.',
  partOfParent: true,
  fields: (t) => ({
    hint: t.exposeString('hint', {
      description:
        'Prefix and last four characters of the secret, such as `kt_ak_...a1B2`. Identifies a secret without revealing it.',
    }),
    state: t.field({
      type: SecretStateRef,
      description: 'State of the secret.',
      resolve: (secret, _, { services }) => secretStateOf(secret, services.clock.now()),
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When the secret was issued.',
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
      description: 'When the secret was last used, accurate to a few seconds. Null if it was never used.',
      resolve: (secret) => secret.lastUsedAt,
    }),
  }),
})
