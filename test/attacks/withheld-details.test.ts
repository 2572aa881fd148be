import { describe, expect, it, onTestFinished } from 'vitest'
import {
  AuditEventsDocument,
  InviteMemberDocument,
  KeyEventsDocument,
  UpdateKeyDocument,
} from '../../src/generated/graphql.ts'
import { useApp } from '../support/boot.ts'
import type { TestClient } from '../support/client.ts'
import { grant } from '../support/people.ts'

const FIELDS = '{ key(id: "ID") { allowedIps createdBy { id } } }'

describe('the details of an event', () => {
  const app = useApp()

  const callerWith = (grants: readonly string[]) => app.apiKey({ grants: grants.map(grant) })
  /** What a caller reads on the key itself. */
  const fieldsOf = async (client: TestClient, id: string) => {
    const { data } = await client.send<{ key: { allowedIps: unknown; createdBy: unknown } | null }>(
      FIELDS.replace('ID', id),
    )
    return { addresses: data?.key?.allowedIps != null, creator: data?.key?.createdBy != null }
  }

  it.each([
    { grants: ['keys:viewer'] },
    { grants: ['keys:operator'] },
    { grants: ['keys:manager'] },
    { grants: ['keys:viewer', 'audit:viewer'] },
  ])('show $grants in keyEvents what they may read on the key', async ({ grants }) => {
    const { client } = await callerWith(grants)
    onTestFinished(() => client.close())
    const key = await app.apiKey({ allowedIps: ['10.0.0.0/8'] })
    await app.owner.run(UpdateKeyDocument, { input: { id: key.id, allowedIps: ['10.1.0.0/16'], description: 'new' } })
    const may = await fieldsOf(client, key.id)
    const args = { organizationId: app.organizationId, keyId: key.id, after: 0 }
    const { results } = await client.subscribe(KeyEventsDocument, args)
    const created = (await results.take()).data?.keyEvents
    const updated = (await results.take()).data?.keyEvents
    expect([created?.type, updated?.type]).toEqual(['KEY_CREATED', 'KEY_UPDATED'])
    expect('allowedIps' in (created?.details ?? {})).toBe(may.addresses)
    expect(Object.keys(updated?.details.changes ?? {}).sort()).toEqual(
      may.addresses ? ['allowedIps', 'description'] : ['description'],
    )
    expect(updated?.details.withheld).toEqual(may.addresses ? undefined : ['changes.allowedIps'])
    // Whoever reads the audit log reads who did what.
    expect(created?.actor.id != null).toBe(may.creator || grants.includes('audit:viewer'))
    expect(created?.actor.kind).toBe('USER')
  })

  it.each([
    { grants: ['audit:viewer'], sees: { addresses: false, email: false } },
    { grants: ['audit:viewer', 'keys:operator'], sees: { addresses: false, email: false } },
    { grants: ['audit:viewer', 'keys:manager'], sees: { addresses: true, email: false } },
    { grants: ['audit:viewer', 'members:manager'], sees: { addresses: false, email: true } },
  ])('show $grants in the audit log what they may read elsewhere', async ({ grants, sees }) => {
    const { client } = await callerWith(grants)
    const { organizationId } = app
    const key = await app.apiKey({ allowedIps: ['10.0.0.0/8'] })
    const email = `guest.${grants.join('.').replaceAll(':', '.')}@example.com`
    await app.owner.run(InviteMemberDocument, { input: { organizationId, email, grants: [] } })
    const newest = async (reader: TestClient, type: 'KEY_CREATED' | 'MEMBER_INVITED') => {
      const answer = await reader.run(AuditEventsDocument, { organizationId, filter: { types: [type] }, first: 1 })
      return answer.organization?.auditEvents?.edges[0]?.node
    }
    const created = await newest(client, 'KEY_CREATED')
    expect(created?.targetId).toBe(key.id)
    expect(created?.details.allowedIps).toEqual(sees.addresses ? ['10.0.0.0/8'] : undefined)
    expect(created?.details.withheld).toEqual(sees.addresses ? undefined : ['allowedIps'])
    const invited = await newest(client, 'MEMBER_INVITED')
    expect(invited?.details.email).toBe(sees.email ? email : undefined)
    expect(invited?.targetName).toBe(sees.email ? email : null)
    expect(invited?.hash).toBe((await newest(app.owner, 'MEMBER_INVITED'))?.hash)
    const query = `{ node(id: "${created?.id}") { ... on AuditEvent { details } } }`
    const { data } = await client.send<{ node: { details: object } }>(query)
    expect(data?.node.details).toEqual(created?.details)
  })
})
