import { beforeAll, describe, expect, it } from 'vitest'
import { type Person, useApp } from '../support/boot.ts'

interface Denials {
  readonly organization: {
    readonly auditEvents: { readonly edges: { readonly node: { readonly details: unknown } }[] }
  }
}

describe('the audit log of denials', () => {
  let person: Person
  const app = useApp()
  beforeAll(async () => {
    person = await app.person('Curious', [])
  })

  it('names the field and not the alias, so that aliases cannot fill it', async () => {
    const ask = (alias: string) =>
      person.client.send(
        `query($id: ID!) { ${alias}: organization(id: $id) { ...Rules } }
         fragment Rules on Organization { ... on Organization { rules_${alias}: policy { expiryRequired } } }`,
        { id: app.organizationId },
      )
    for (let number = 0; number < 5; number += 1) {
      const { errors } = await ask(`a${number}`)
      expect(errors?.[0]).toMatchObject({ path: [`a${number}`, `rules_a${number}`], extensions: { code: 'FORBIDDEN' } })
    }
    await app.app.parts.denials.flush()
    const { data } = await app.owner.send<Denials>(
      `query($id: ID!, $who: ID!) { organization(id: $id) {
         auditEvents(filter: { types: [ACCESS_DENIED], actorId: $who }) { edges { node { details } } } } }`,
      { id: app.organizationId, who: person.userId },
    )
    const refused = { reason: 'forbidden', field: 'organization.policy', required: ['keys:viewer'] }
    expect(data?.organization.auditEvents.edges.map(({ node }) => node.details)).toEqual([
      { ...refused, count: 4 },
      { ...refused, count: 1 },
    ])
  })
})
