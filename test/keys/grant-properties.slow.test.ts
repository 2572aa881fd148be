import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CreateApiKeyDocument,
  CreatePersonalAccessKeyDocument,
  ExchangeKeyDocument,
  type GrantInput,
  InviteMemberDocument,
  ViewerGrantsDocument,
} from '../../src/generated/graphql.ts'
import { type TestApp, useApp } from '../support/boot.ts'
import { grant, grantText } from '../support/people.ts'

const MODULES = ['keys', 'members', 'audit', 'tokens']
const ROLES = ['viewer', 'operator', 'manager']
const RANK = ['viewer', 'operator', 'manager', 'owner']
const EVERY_RIGHT = MODULES.flatMap((module) => ROLES.map((role) => `${module}:${role}`))

/** The single rights that grants come to, in the plainest words: no grant stands for another any more. */
const rightsOf = (grants: readonly string[]): Set<string> =>
  new Set(
    EVERY_RIGHT.filter((right) => {
      const [module, role = ''] = right.split(':')
      return grants.some((one) => {
        const [held, heldRole = ''] = one.split(':')
        return (held === module || held === '*') && RANK.indexOf(heldRole) >= RANK.indexOf(role)
      })
    }),
  )

const sorted = (rights: Iterable<string>): string[] => [...rights].sort()
const both = (a: ReadonlySet<string>, b: ReadonlySet<string>): string[] => sorted([...a].filter((one) => b.has(one)))
/** A role over all modules is more than the same role in each of the modules that there are now. */
const isWithin = (wanted: readonly string[], held: readonly string[]): boolean =>
  [...rightsOf(wanted)].every((right) => rightsOf(held).has(right)) &&
  wanted.every(
    (one) => !one.startsWith('*:') || rightsOf(held.filter((own) => own.startsWith('*:'))).has(`keys:${one.slice(2)}`),
  )

const grantTexts = fc.uniqueArray(
  fc.tuple(fc.constantFrom('*', ...MODULES), fc.constantFrom(...ROLES)).map((parts) => parts.join(':')),
  { maxLength: 4 },
)

/** The kernel's rules of grants are shown by themselves elsewhere: here the whole service goes by them. */
describe('for any grants', () => {
  let number = 0
  const app = useApp()

  const somebody = (held: readonly string[]) => app.person('Somebody', held.map(grant))
  const inputs = (grants: readonly string[]): GrantInput[] => grants.map(grant)
  const rights = async (client: TestApp['owner']): Promise<string[]> => {
    const { viewer } = await client.run(ViewerGrantsDocument, { organizationId: app.organizationId })
    return sorted(rightsOf(viewer.grants.map(grantText)))
  }
  const check = (property: fc.IAsyncProperty<unknown>) =>
    fc.assert(property, { seed: 20260601, numRuns: 40, endOnFailure: false })

  it('callers can give exactly what they have, to members and to API keys', async () => {
    const outcomes = new Set<string>()
    await check(
      fc.asyncProperty(grantTexts, grantTexts, async (more, wanted) => {
        const held = [...new Set([...more, 'members:manager', 'keys:operator'])]
        const { client } = await somebody(held)
        const { organizationId } = app
        number += 1
        const invited = await client.try(InviteMemberDocument, {
          input: { organizationId, email: `wanted.${number}@example.com`, grants: inputs(wanted) },
        })
        const made = await client.try(CreateApiKeyDocument, {
          input: { organizationId, name: `wanted ${number}`, grants: inputs(wanted) },
        })
        const expected = isWithin(wanted, held) ? 'done' : 'FORBIDDEN'
        outcomes.add(expected)
        for (const { errors } of [invited, made])
          expect({ held, wanted, came: errors?.[0]?.extensions.code ?? 'done' }).toEqual({
            held,
            wanted,
            came: expected,
          })
      }),
    )
    expect(sorted(outcomes)).toEqual(['FORBIDDEN', 'done'])
  })

  it('a personal key has what both it and its owner have, and its token what its scope has as well', async () => {
    await check(
      fc.asyncProperty(grantTexts, grantTexts, grantTexts, async (held, chosen, scope) => {
        const { client } = await somebody(held)
        number += 1
        const narrowed = chosen.filter((one) => isWithin([one], held))
        const { createPersonalAccessKey } = await client.run(CreatePersonalAccessKeyDocument, {
          input: { organizationId: app.organizationId, name: `narrowed ${number}`, grants: inputs(narrowed) },
        })
        const { secret } = createPersonalAccessKey
        const ofKey = both(rightsOf(held), rightsOf(narrowed))
        expect(await rights(app.anonymous.with(secret))).toEqual(ofKey)
        const wanted = scope.filter((one) => isWithin([one], narrowed))
        const { exchangeKey } = await app.anonymous.run(ExchangeKeyDocument, {
          input: { secret, audience: app.url, ...(wanted.length === 0 ? {} : { scope: wanted.join(' ') }) },
        })
        const ofToken = wanted.length === 0 ? ofKey : both(new Set(ofKey), rightsOf(wanted))
        expect(await rights(app.anonymous.with(exchangeKey.accessToken))).toEqual(ofToken)
      }),
    )
  })
})
