import SchemaBuilder from '@pothos/core'
import ScopeAuthPlugin from '@pothos/plugin-scope-auth'
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
import { fieldsWithoutAuthScopes, schema } from '../../src/graphql-server/schema.ts'

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

  it('says of every field who may read it', () => {
    expect(fieldsWithoutAuthScopes(schema)).toEqual([])
  })

  it('offers every type of audit event that there is', () => {
    const type = schema.getType('AuditEventType')
    expect(isEnumType(type) && type.getValues().map(({ name }) => name)).toEqual([...AUDIT_EVENT_TYPES].sort())
  })

  it('shows secrets and tokens in the answers of the mutations that make them, and nowhere else', () => {
    const owners = types
      .filter((type) => isObjectType(type) || isInterfaceType(type))
      .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })))
      .filter(({ field }) => /(?:secret|token)$/i.test(field.name) && isScalarType(getNamedType(field.type)))
      .map(({ type, field }) => `${type.name}.${field.name}`)
    expect(owners).toContain('CreateApiKeyPayload.secret')
    expect(owners.filter((owner) => !/^(?:\w+Payload|AccessToken)\./.test(owner))).toEqual([])
  })
})

describe('a schema with a field that does not say who may read it', () => {
  interface Types {
    AuthScopes: { anyone: boolean }
  }
  const build = (authScopes: object | undefined, where: 'object' | 'interface' | 'query') => {
    const builder = new SchemaBuilder<Types>({
      plugins: [ScopeAuthPlugin],
      scopeAuth: { authScopes: () => ({ anyone: true }) },
    })
    const stated = { authScopes: { anyone: true } }
    const own = authScopes === undefined ? {} : { authScopes }
    const Shape = builder.interfaceRef<{ id: string }>('Shape').implement({
      fields: (t) => ({ id: t.exposeString('id', where === 'interface' ? own : stated) }),
    })
    const Square = builder.objectRef<{ id: string; side: string }>('Square').implement({
      interfaces: [Shape],
      isTypeOf: () => true,
      fields: (t) => ({ side: t.exposeString('side', where === 'object' ? own : stated) }),
    })
    builder.queryType({
      fields: (t) => ({
        square: t.field({
          type: Square,
          resolve: () => ({ id: '1', side: '2' }),
          ...(where === 'query' ? own : stated),
        }),
      }),
    })
    return builder.toSchema()
  }

  it.each([
    ['object', ['Square.side']],
    ['query', ['Query.square']],
    ['interface', ['Shape.id', 'Square.id']],
  ] as const)('is found out: a field of an %s', (where, places) => {
    expect(fieldsWithoutAuthScopes(build(undefined, where)).sort()).toEqual(places)
    // An empty object states nothing, and opens the field to everybody.
    expect(fieldsWithoutAuthScopes(build({}, where)).sort()).toEqual(places)
    expect(fieldsWithoutAuthScopes(build({ anyone: true }, where))).toEqual([])
  })

  it('is refused when the service starts', async () => {
    vi.resetModules()
    const { builder } = await import('../../src/schema-kit/builder.ts')
    builder.queryField('open', (t) => t.string({ resolve: () => 'to everybody' }))
    try {
      await expect(import('../../src/graphql-server/schema.ts')).rejects.toThrow(
        'These fields state no authScopes: Query.open',
      )
    } finally {
      // The files that follow in this process must not import this builder.
      vi.resetModules()
    }
  })
})
