import {
  CancelRotationDocument,
  CompleteRotationDocument,
  type GrantInput,
  KeyByIdDocument,
  MembersDocument,
  RemoveMemberDocument,
  RevokeKeyDocument,
  RevokeKeysDocument,
  RevokeSecretDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
  UpdateKeyPolicyDocument,
} from '../../src/generated/graphql.ts'
import type { TestApp } from '../support/boot.ts'
import type { ManualClock } from '../support/manual-clock.ts'
import { exchanged } from '../support/tokens.ts'

/** What an ending takes with it, and what it leaves. */
export interface Prepared {
  readonly keyId: string
  /** Secrets and tokens, good before it and refused from it on. */
  readonly dead: readonly string[]
  /** Good before and after. */
  readonly good: readonly string[]
  readonly end: () => unknown
}

export interface Ending {
  readonly what: string
  /** Whether it comes by time alone. */
  readonly timed?: true
  readonly prepare: (app: TestApp, clock: ManualClock) => Promise<Prepared>
}

const GRANTS: GrantInput[] = [{ module: 'keys', role: 'VIEWER' }]

/** A secret, a token of it, and a token of that token. */
const familyOf = async (app: TestApp, secret: string): Promise<string[]> => {
  const token = await exchanged(app, secret)
  return [secret, token, await exchanged(app, token)]
}

/** A key within the overlap of a rotation, and what was made of both of its secrets. */
const rotated = async (app: TestApp) => {
  const key = await app.apiKey({ grants: GRANTS })
  const old = await familyOf(app, key.secret)
  const { rotateKey } = await app.owner.run(RotateKeyDocument, { input: { id: key.id, overlap: 'PT5M' } })
  const made = await exchanged(app, key.secret)
  return { id: key.id, old: [...old, made], fresh: await familyOf(app, rotateKey.secret) }
}

const whole = async (app: TestApp, end: (id: string, secret: string) => unknown): Promise<Prepared> => {
  const { id, secret } = await app.apiKey({ grants: GRANTS })
  return { keyId: id, dead: await familyOf(app, secret), good: [], end: () => end(id, secret) }
}

export const ENDINGS: readonly Ending[] = [
  {
    what: 'revokeKey',
    prepare: (app) => whole(app, (id) => app.owner.run(RevokeKeyDocument, { input: { id } })),
  },
  {
    what: 'revokeKeys',
    prepare: (app) =>
      whole(app, async (id) => {
        const { key } = await app.owner.run(KeyByIdDocument, { id })
        const filter = { search: key?.name ?? '' }
        await app.owner.run(RevokeKeysDocument, {
          input: { organizationId: app.organizationId, filter, expectedCount: 1 },
        })
      }),
  },
  {
    what: 'revokeSecret',
    prepare: (app) => whole(app, (_, secret) => app.anonymous.run(RevokeSecretDocument, { input: { secret } })),
  },
  {
    what: 'suspendKey',
    prepare: (app) => whole(app, (id) => app.owner.run(SuspendKeyDocument, { id })),
  },
  {
    what: 'removeMember',
    prepare: async (app) => {
      const person = await app.person('Leaver', GRANTS)
      const { organization } = await app.owner.run(MembersDocument, { organizationId: app.organizationId, last: 1 })
      const memberId = organization?.members?.edges[0]?.node.id ?? ''
      const end = () => app.owner.run(RemoveMemberDocument, { memberId })
      return { keyId: person.keyId, dead: await familyOf(app, person.secret), good: [], end }
    },
  },
  {
    what: 'a rotation without an overlap',
    prepare: (app) => whole(app, (id) => app.owner.run(RotateKeyDocument, { input: { id, overlap: 'PT0S' } })),
  },
  {
    what: 'completing a rotation early',
    prepare: async (app) => {
      const { id, old, fresh } = await rotated(app)
      return { keyId: id, dead: old, good: fresh, end: () => app.owner.run(CompleteRotationDocument, { id }) }
    },
  },
  {
    what: 'cancelling a rotation',
    prepare: async (app) => {
      const { id, old, fresh } = await rotated(app)
      return { keyId: id, dead: fresh, good: old, end: () => app.owner.run(CancelRotationDocument, { id }) }
    },
  },
  {
    what: 'using a retired secret where the policy punishes that',
    prepare: async (app) => {
      const { organizationId } = app
      const punish = (onRetiredSecretUse: 'RECORD' | 'REVOKE') =>
        app.owner.run(UpdateKeyPolicyDocument, { input: { organizationId, policy: { onRetiredSecretUse } } })
      const key = await app.apiKey({ grants: GRANTS })
      const { rotateKey } = await app.owner.run(RotateKeyDocument, { input: { id: key.id, overlap: 'PT0S' } })
      const end = async () => {
        await punish('REVOKE')
        await app.anonymous.with(key.secret).send('{ viewer { kind } }')
        await punish('RECORD')
      }
      return { keyId: key.id, dead: await familyOf(app, rotateKey.secret), good: [], end }
    },
  },
  {
    what: 'the planned end of an overlap',
    timed: true,
    prepare: async (app, clock) => {
      const { id, old, fresh } = await rotated(app)
      return { keyId: id, dead: old, good: fresh, end: () => clock.advance(300) }
    },
  },
  {
    what: "the key's expiry",
    timed: true,
    prepare: async (app, clock) => {
      const key = await app.apiKey({ grants: GRANTS, expiresIn: 'PT10M' })
      const dead = await familyOf(app, key.secret)
      return { keyId: key.id, dead, good: [], end: () => clock.advance(600) }
    },
  },
]
