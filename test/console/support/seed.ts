import {
  CreateApiKeyDocument,
  CreateNotificationRouteDocument,
  CreateOrganizationDocument,
  CreateProjectDocument,
  DefineModuleDocument,
  InviteMemberDocument,
  RevokeKeyDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
  UpdateKeyDocument,
  UpdateKeyPolicyDocument,
} from '../../../src/generated/graphql.ts'
import type { ConsoleUnderTest } from './console.ts'

export interface Seed {
  readonly mobileId: string
  readonly platformId: string
  readonly keyIds: readonly string[]
}

/** A company with the things that its console shows: teams, projects, keys in all states, an invitation, a route. */
export const seed = async ({ people, organizationId }: ConsoleUnderTest): Promise<Seed> => {
  const { client } = people.owner
  for (const [name, description] of [
    ['build', 'Builds of apps'],
    ['distribution', 'Distribution to testers and stores'],
    ['signing', 'Certificates and profiles'],
  ] as const)
    await client.run(DefineModuleDocument, { input: { organizationId, name, description } })
  const organization = async (name: string, parentId: string): Promise<string> => {
    const { createOrganization } = await client.run(CreateOrganizationDocument, { input: { name, parentId } })
    return createOrganization.organization.id
  }
  const mobileId = await organization('Mobile', organizationId)
  await organization('Android', mobileId)
  await organization('iOS', mobileId)
  const platformId = await organization('Platform', organizationId)
  for (const [name, into] of [
    ['Wallet app', mobileId],
    ['Build farm', platformId],
    ['Release tooling', organizationId],
  ] as const)
    await client.run(CreateProjectDocument, { input: { organizationId: into, name } })
  const key = async (name: string, expiresIn: string | null, into = organizationId): Promise<string> => {
    const { createApiKey } = await client.run(CreateApiKeyDocument, {
      input: {
        organizationId: into,
        name,
        grants: [{ module: 'build', role: 'OPERATOR' }],
        ...(expiresIn === null ? { neverExpires: true } : { expiresIn }),
      },
    })
    return createApiKey.apiKey.id
  }
  const [deploy, nightly, old, leaked] = [
    await key('deploy-production', 'P90D'),
    await key('nightly-builds', 'P30D'),
    await key('legacy-importer', null),
    await key('contractor-ci', 'P60D'),
  ]
  await key('play-store-upload', 'P180D', mobileId)
  await key('farm-agent', null, platformId)
  await client.run(UpdateKeyDocument, {
    input: {
      id: deploy,
      description: 'Deploys the storefront from the release pipeline',
      allowedIps: ['10.0.0.0/16'],
      grants: [
        { module: 'build', role: 'OPERATOR' },
        { module: 'distribution', role: 'MANAGER' },
      ],
    },
  })
  await client.run(RotateKeyDocument, { input: { id: nightly, overlap: 'PT24H' } })
  await client.run(SuspendKeyDocument, { id: old })
  await client.run(RevokeKeyDocument, { input: { id: leaked, reason: 'COMPROMISED' } })
  await client.run(UpdateKeyPolicyDocument, {
    input: { organizationId: mobileId, policy: { maximumLifetime: 'P365D' } },
  })
  await client.run(InviteMemberDocument, {
    input: { organizationId, email: 'noor.haddad@example.com', grants: [{ module: 'keys', role: 'OPERATOR' }] },
  })
  await client.run(CreateNotificationRouteDocument, {
    input: {
      organizationId,
      name: 'Platform on-call',
      target: { webhook: { url: 'https://hooks.example.com/keyturn' } },
    },
  })
  return { mobileId, platformId, keyIds: [deploy, nightly, old, leaked] }
}
