import { builder } from '../schema-kit/builder.ts'
import type { KEY_KINDS, KEY_STATUSES, REVOCATION_REASONS, SECRET_STATES } from './key.ts'

export const KeyKindRef = builder.enumType('KeyKind', {
  description: 'Whose a key is.',
  values: {
    API_KEY: { description: 'Of an organization or one of its projects, for machines.' },
    PERSONAL_ACCESS_KEY: { description: 'Of a person.' },
  } satisfies Record<(typeof KEY_KINDS)[number], { description: string }>,
})

export const KeyStatusRef = builder.enumType('KeyStatus', {
  description: 'Whether a key works, and why not.',
  values: {
    ACTIVE: { description: 'It works.' },
    SUSPENDED: { description: 'It was stopped for a while, and can be resumed.' },
    EXPIRED: { description: 'Its time is over; a rotation brings it back.' },
    REVOKED: { description: 'It was ended for good.' },
  } satisfies Record<(typeof KEY_STATUSES)[number], { description: string }>,
})

export const SecretStateRef = builder.enumType('SecretState', {
  description: 'Whether a secret of a key works.',
  values: {
    CURRENT: { description: 'The newest one.' },
    RETIRING: { description: 'Replaced by a rotation, and working until its overlap ends.' },
    RETIRED: { description: 'No longer working.' },
  } satisfies Record<(typeof SECRET_STATES)[number], { description: string }>,
})

export const RevocationReasonRef = builder.enumType('RevocationReason', {
  description: 'Why a key was revoked.',
  values: {
    UNSPECIFIED: { description: 'Nobody said.' },
    COMPROMISED: { description: 'The secret is known to somebody who should not know it.' },
    SUPERSEDED: { description: 'Another key took its place.' },
    OWNER_LEFT: { description: 'Its owner is no longer a member.' },
    NO_LONGER_NEEDED: { description: 'What used it is gone.' },
    POLICY: { description: 'The key policy wanted it.' },
  } satisfies Record<(typeof REVOCATION_REASONS)[number], { description: string }>,
})
