import { isInterfaceType, isIntrospectionType, isObjectType } from 'graphql'
import { describe, expect, it } from 'vitest'
import { schema } from '../../src/graphql-server/schema.ts'
import { OBJECTS, TABLE } from './table.ts'

const types = Object.values(schema.getTypeMap()).flatMap((type) =>
  !isIntrospectionType(type) && (isObjectType(type) || isInterfaceType(type)) ? [type] : [],
)

describe('the table of roles', () => {
  it('has a row for every field of the schema, and no others', () => {
    const fields = types.flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`))
    expect(Object.keys(TABLE).sort()).toEqual(fields.sort())
  })

  it('states who may read every object that can be found by its id', () => {
    const found = types.filter((type) => isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Node'))
    expect(Object.keys(OBJECTS)).toEqual(expect.arrayContaining(found.map(({ name }) => name)))
  })

  it('requires for a field of an interface what it requires in the objects that implement it', () => {
    for (const type of types)
      for (const { name: over } of type.getInterfaces())
        for (const [row, rule] of Object.entries(TABLE))
          if (row.startsWith(`${over}.`)) expect([row, TABLE[row.replace(over, type.name)]]).toEqual([row, rule])
  })

  it("has exactly the grants that the schema's descriptions name", () => {
    for (const type of types.filter(({ name }) => name !== 'Query' && name !== 'Subscription')) {
      for (const { name, description } of Object.values(type.getFields())) {
        // Descriptions that refer to the rights of another field name no grants themselves.
        if (description?.includes('the rights of')) continue
        // A part of these needs a further grant, by a table of its own: test/attacks/withheld-details.test.ts.
        if (type.name === 'AuditEvent' && ['actor', 'details'].includes(name)) continue
        const named = [...(description ?? '').matchAll(/\b(?:keys|members|audit|tokens):[a-z]+/g)].map(
          ([grant]) => grant,
        )
        const rule = TABLE[`${type.name}.${name}`]
        const demanded = (rule?.any ?? []).flatMap((one) => (one.who === 'holder' ? [one.grant] : []))
        expect([type.name, name, [...new Set(demanded)].sort()]).toEqual([type.name, name, [...new Set(named)].sort()])
      }
    }
  })
})
