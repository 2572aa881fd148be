import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KeyturnError } from '../../src/kernel/errors.ts'
import { checkId, guidOf, type IdKind, idOfGuid, isId, kindOfId, neighborIds, newId } from '../../src/kernel/ids.ts'

const KINDS: readonly [IdKind, string][] = [
  ['organization', 'org'],
  ['project', 'prj'],
  ['module', 'mod'],
  ['user', 'usr'],
  ['member', 'mem'],
  ['invitation', 'inv'],
  ['key', 'key'],
  ['secret', 'sec'],
  ['event', 'evt'],
  ['warning', 'wrn'],
]
const HEX = randomUUID().replaceAll('-', '')

describe('an id', () => {
  it.each(KINDS)('of a %s begins with %s_ and states its kind', (kind, prefix) => {
    const id = newId(kind)
    expect(id).toMatch(new RegExp(`^${prefix}_[0-9a-f]{32}$`))
    expect(kindOfId(id)).toBe(kind)
    expect(isId(kind, id)).toBe(true)
    expect(() => checkId(kind, id, 'id')).not.toThrow()
    for (const [other] of KINDS) if (other !== kind) expect(isId(other, id)).toBe(false)
  })

  it.each(KINDS)('of a %s that is inserted with others is a valid one, beside theirs in an index', (kind) => {
    const next = neighborIds(kind)
    const ids = Array.from({ length: 500 }, next)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(kindOfId(id)).toBe(kind)
    const beginning = (id: string) => id.slice(0, 16)
    expect(new Set(ids.map(beginning)).size).toBe(1)
    expect(beginning(neighborIds(kind)())).not.toBe(beginning(next()))
  })

  it.each([
    ['nothing', ''],
    ['a prefix alone', 'key_'],
    ['no prefix', HEX],
    ['a prefix that there is not', `abc_${HEX}`],
    ['capital letters', `key_${HEX.toUpperCase()}`.replace(/[0-9]/g, 'A')],
    ['a prefix in capital letters', `KEY_${HEX}`],
    ['a digit too few', `key_${HEX.slice(1)}`],
    ['a digit too many', `key_${HEX}0`],
    ['a UUID of another version', `key_${HEX.slice(0, 12)}1${HEX.slice(13)}`],
    ['a UUID of another variant', `key_${HEX.slice(0, 16)}7${HEX.slice(17)}`],
    ['the hyphens of a GUID', `key_${randomUUID()}`],
    ['white space behind it', `key_${HEX} `],
    ['a line break behind it', `key_${HEX}\n`],
    ['a NUL within it', `key_${HEX.slice(0, 31)}\u0000`],
    ['a wildcard', 'key_%'],
    ['the end of a statement', "key_' OR 1=1 --"],
  ])('is rejected with %s', (_, text) => {
    expect(kindOfId(text)).toBeNull()
    const check = () => checkId('key', text, 'input.id')
    expect(check).toThrow(KeyturnError)
    expect(check).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }))
  })

  it('is rejected with its path, without its value', () => {
    const text = `kt_ak_${'A'.repeat(49)}`
    try {
      checkId('organization', text, 'organizationId')
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ fields: { issues: [{ path: 'organizationId' }] } })
      expect(JSON.stringify(error) + String(error)).not.toContain(text)
    }
  })

  it('and a GUID are the same 128 bits, in any case', () => {
    fc.assert(
      fc.property(fc.uuid({ version: 4 }), fc.constantFrom(...KINDS), (guid, [kind]) => {
        const id = idOfGuid(kind, guid)
        expect(id).not.toBeNull()
        expect(guidOf(id ?? '')).toBe(guid)
        expect(idOfGuid(kind, guid.toUpperCase())).toBe(id)
        expect(kindOfId(id ?? '')).toBe(kind)
      }),
    )
  })

  it.each([
    '',
    HEX,
    `{${randomUUID()}}`,
    `${randomUUID()}0`,
    '00000000-0000-1000-8000-000000000000',
    '00000000-0000-4000-0000-000000000000',
  ])('cannot be made from an invalid version-4 GUID: %s', (text) => {
    expect(idOfGuid('organization', text)).toBeNull()
  })

  it('is unique', () => {
    expect(new Set(Array.from({ length: 1_000 }, () => newId('key'))).size).toBe(1_000)
  })
})
