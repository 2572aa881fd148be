import { describe, expect, it } from 'vitest'
import {
  CreateOrganizationDocument,
  RevocationRangeDocument,
  RevocationsDocument,
  RevokeKeyDocument,
  UpdateKeyDocument,
} from '../../src/generated/graphql.ts'
import { useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { ManualClock } from '../support/manual-clock.ts'

describe.each(ENGINES)('the range of revocations on %s', (engine) => {
  const clock = new ManualClock(new Date('2026-06-01T12:00:00Z'))
  const app = useApp({ engine, clock })

  const fresh = async () => {
    const { createOrganization } = await app.owner.run(CreateOrganizationDocument, { input: { name: 'Fresh' } })
    return createOrganization.organization.id
  }
  const rangeOf = async (organizationId: string, after?: number) => {
    const variables = { organizationId, ...(after === undefined ? {} : { after }) }
    const { organization } = await app.owner.run(RevocationRangeDocument, variables)
    if (organization?.revocationRange == null) throw new Error('There is no such organization.')
    return organization.revocationRange
  }
  const endOne = async (organizationId: string) => {
    const { id } = await app.apiKey({ organizationId, neverExpires: true })
    await app.owner.run(RevokeKeyDocument, { input: { id } })
  }

  it('has the newest revocation of the subscription as its head, whatever else happened since', async () => {
    const organizationId = await fresh()
    await endOne(organizationId)
    await endOne(organizationId)
    const { id } = await app.apiKey({ organizationId, neverExpires: true })
    // Of the type of events that can end tokens, and ends none.
    for (const name of ['one', 'two']) await app.owner.run(UpdateKeyDocument, { input: { id, name } })
    const { after, head } = await rangeOf(organizationId)
    const { results, stop } = await app.owner.subscribe(RevocationsDocument, { organizationId, after })
    const received = await results.takeMany(2)
    expect(received.map(({ data }) => data?.revocations.sequence).at(-1)).toBe(head)
    expect(await rangeOf(organizationId, head)).toEqual({ after: head, head })
    stop()
  })

  it('covers the longest lifetime of a token and no more', async () => {
    const organizationId = await fresh()
    expect(await rangeOf(organizationId)).toEqual({ after: 0, head: 0 })
    await endOne(organizationId)
    clock.advance(23 * 3_600)
    await endOne(organizationId)
    const { head: newest } = await rangeOf(organizationId)
    clock.advance(2 * 3_600)
    const { after, head } = await rangeOf(organizationId, 0)
    expect(head).toBe(newest)
    expect(after).toBeGreaterThan(0)
    clock.advance(23 * 3_600)
    const last = await rangeOf(organizationId)
    expect(last.head).toBe(last.after)
  })

  it('rejects a negative position', async () => {
    const { errors } = await app.owner.try(RevocationRangeDocument, { organizationId: app.organizationId, after: -1 })
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
  })
})
