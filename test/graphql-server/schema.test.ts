import {
  type GraphQLNamedType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql'
import { describe, expect, it, vi } from 'vitest'
import { AUDIT_EVENT_TYPES } from '../../src/audit/events/event-types.ts'
import { schema } from '../../src/graphql-server/schema.ts'
import { missingRules } from '../../src/schema-kit/parent-decides.ts'

const types = Object.values(schema.getTypeMap()).filter(
  (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
)

/** Everything of a type that a reader of the API's manual could look up, by its place. */
const entriesOf = (type: GraphQLNamedType): { place: string; description: string | null | undefined }[] => {
  const entries = [{ place: type.name, description: type.description }]
  if (isEnumType(type))
    for (const value of type.getValues())
      entries.push({ place: `${type.name}.${value.name}`, description: value.description })
  if (isInputObjectType(type))
    for (const field of Object.values(type.getFields()))
      entries.push({ place: `${type.name}.${field.name}`, description: field.description })
  if (isObjectType(type) || isInterfaceType(type))
    for (const field of Object.values(type.getFields())) {
      entries.push({ place: `${type.name}.${field.name}`, description: field.description })
      for (const argument of field.args)
        entries.push({ place: `${type.name}.${field.name}(${argument.name})`, description: argument.description })
    }
  return entries
}

describe('the schema', () => {
  it('describes every type, field, argument, input field and enum value', () => {
    const entries = types.flatMap(entriesOf)
    expect(entries.length).toBeGreaterThan(300)
    expect(entries.filter(({ description }) => !description?.trim()).map(({ place }) => place)).toEqual([])
  })

  it('ends every description as a sentence', () => {
    const loose = types.flatMap(entriesOf).filter(({ description }) => !/[.]$/.test(description ?? ''))
    expect(loose.map(({ place }) => place)).toEqual([])
  })

  it('states who may read each type and root field', () => {
    expect(missingRules(schema)).toEqual([])
  })

  it('has every type of audit event', () => {
    const type = schema.getType('AuditEventType')
    expect(isEnumType(type) && type.getValues().map(({ name }) => name)).toEqual([...AUDIT_EVENT_TYPES].sort())
  })

  it('returns secrets and tokens only from the mutations that create them', () => {
    const owners = types
      .filter((type) => isObjectType(type) || isInterfaceType(type))
      .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })))
      .filter(({ field }) => /(?:secret|token)$/i.test(field.name) && isScalarType(getNamedType(field.type)))
      .map(({ type, field }) => `${type.name}.${field.name}`)
    expect(owners).toContain('CreateApiKeyPayload.secret')
    expect(owners.filter((owner) => !/^(?:\w+Payload|AccessToken)\./.test(owner))).toEqual([])
  })
})

it('a root field without a rule is rejected when the service starts', async () => {
  vi.resetModules()
  const { builder } = await import('../../src/schema-kit/builder.ts')
  builder.queryField('open', (t) => t.string({ resolve: () => 'to everybody' }))
  try {
    await expect(import('../../src/graphql-server/schema.ts')).rejects.toThrow(
      'These have no authorization rule: Query.open.',
    )
  } finally {
    // The files that follow in this process must not import this builder.
    vi.resetModules()
  }
})
