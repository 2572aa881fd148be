import {
  CreateOrganizationDocument,
  MembersDocument,
  RemoveMemberDocument,
  ResumeKeyDocument,
  RevokeKeyDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
  UpdateKeyDocument,
  UpdateKeyPolicyDocument,
  UpdateMemberDocument,
} from '../../src/generated/graphql.ts'
import { statusOf } from '../../src/keys/key.ts'
import { currentGrants, type KeyFacts } from '../../src/keys/verification/key-facts.ts'
import type { TestApp } from '../support/boot.ts'

/** What is decided by the facts, in a few words. */
export const verdictOf = (facts: KeyFacts | null) =>
  facts === null
    ? null
    : {
        status: statusOf(facts.key, new Date()),
        epoch: facts.key.tokenEpoch,
        secrets: facts.secrets.length,
        grants: currentGrants(facts),
        member: facts.owner === null ? null : facts.owner.memberships.length,
        lifetime: facts.policy.accessTokenLifetime,
      }

export interface Change {
  readonly what: string
  /** Makes a key, and says how to change it. */
  readonly prepare: (app: TestApp) => Promise<{ readonly id: string; readonly change: () => Promise<unknown> }>
}

const ofApiKey = (what: string, change: (app: TestApp, id: string) => Promise<unknown>): Change => ({
  what,
  prepare: async (app) => {
    const { id } = await app.apiKey({ grants: [{ module: 'keys', role: 'OPERATOR' }] })
    return { id, change: () => change(app, id) }
  },
})

const ofMember = (what: string, change: (app: TestApp, memberId: string) => Promise<unknown>): Change => ({
  what,
  prepare: async (app) => {
    const { keyId } = await app.person('Ada', [{ module: 'keys', role: 'OPERATOR' }])
    const { organization } = await app.owner.run(MembersDocument, { organizationId: app.organizationId, last: 1 })
    return { id: keyId, change: () => change(app, organization?.members?.edges[0]?.node.id ?? '') }
  },
})

let lifetime = 1_000
export const CHANGES: readonly Change[] = [
  ofApiKey('revoked', (app, id) => app.owner.run(RevokeKeyDocument, { input: { id } })),
  ofApiKey('suspended', (app, id) => app.owner.run(SuspendKeyDocument, { id })),
  {
    what: 'resumed',
    prepare: async (app) => {
      const { id } = await app.apiKey()
      await app.owner.run(SuspendKeyDocument, { id })
      return { id, change: () => app.owner.run(ResumeKeyDocument, { id }) }
    },
  },
  ofApiKey('given other grants', (app, id) =>
    app.owner.run(UpdateKeyDocument, { input: { id, grants: [{ module: 'audit', role: 'VIEWER' }] } }),
  ),
  ofApiKey('rotated', (app, id) => app.owner.run(RotateKeyDocument, { input: { id, overlap: 'PT1H' } })),
  ofMember("withdrawn its owner's grants", (app, memberId) =>
    app.owner.run(UpdateMemberDocument, { input: { memberId, grants: [] } }),
  ),
  ofMember('left without its owner', (app, memberId) => app.owner.run(RemoveMemberDocument, { memberId })),
  ofApiKey('under another policy', (app) => {
    lifetime += 1
    const policy = { accessTokenLifetime: `PT${lifetime}S` }
    return app.owner.run(UpdateKeyPolicyDocument, { input: { organizationId: app.organizationId, policy } })
  }),
  {
    what: 'under another policy of the organization above',
    prepare: async (app) => {
      const { createOrganization } = await app.owner.run(CreateOrganizationDocument, {
        input: { name: 'Below', parentId: app.organizationId },
      })
      const { id } = await app.apiKey({ organizationId: createOrganization.organization.id })
      lifetime -= 100
      const policy = { accessTokenLifetime: `PT${lifetime}S` }
      const input = { organizationId: app.organizationId, policy }
      return { id, change: () => app.owner.run(UpdateKeyPolicyDocument, { input }) }
    },
  },
]
