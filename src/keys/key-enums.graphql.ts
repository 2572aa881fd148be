import { builder } from '../schema-kit/builder.ts'
import type { KEY_KINDS, KEY_STATUSES, REVOCATION_REASONS, SECRET_STATES } from './key.ts'

export const KeyKindRef = builder.enumType('KeyKind', {
  description: 'Kind of a key.',
  values: {
    API_KEY: { description: 'Owned by an organization or one of its projects, for machines.' },
    PERSONAL_ACCESS_KEY: { description: 'Owned by a member, for people and their tools.' },
  } satisfies Record<(typeof KEY_KINDS)[number], { description: string }>,
})

export const KeyStatusRef = builder.enumType('KeyStatus', {
  description: 'Status of a key.',
  values: {
    ACTIVE: { description: 'The key can be used.' },
    SUSPENDED: { description: 'The key is suspended and can be resumed.' },
    EXPIRED: { description: 'The key has expired. Rotate it to make it active again.' },
    REVOKED: { description: 'The key is revoked permanently.' },
  } satisfies Record<(typeof KEY_STATUSES)[number], { description: string }>,
})

export const SecretStateRef = builder.enumType('SecretState', {
  description: 'State of a secret.',
  values: {
    CURRENT: { description: 'The newest secret of the key.' },
    RETIRING: { description: 'Replaced by a rotation, and valid until the overlap ends.' },
    RETIRED: { description: 'Replaced, and no longer valid.' },
  } satisfies Record<(typeof SECRET_STATES)[number], { description: string }>,
})

export const RevocationReasonRef = builder.enumType('RevocationReason', {
  description: 'Why a key was revoked.',
  values: {
    UNSPECIFIED: { description: 'No reason was given.' },
    COMPROMISED: { description: 'The secret may be known to someone unauthorized.' },
    SUPERSEDED: { description: 'Another key replaced it.' },
    OWNER_LEFT: { description: 'The owner of the key is no longer a member.' },
    NO_LONGER_NEEDED: { description: 'The key is no longer in use.' },
    POLICY: { description: 'The key policy required it.' },
  } satisfies Record<(typeof REVOCATION_REASONS)[number], { description: string }>,
})
