import '../../src/schema-kit/parent-decides.ts'
import SchemaBuilder from '@pothos/core'
import ScopeAuthPlugin from '@pothos/plugin-scope-auth'
import { execute, parse } from 'graphql'
import { describe, expect, it } from 'vitest'

interface Types {
  AuthScopes: { anyone: boolean; nobody: boolean }
}
interface Rule {
  readonly authScopes?: { readonly anyone?: true; readonly nobody?: true }
  readonly partOfParent?: true
}

const ANYONE: Rule = { authScopes: { anyone: true } }
const PART: Rule = { partOfParent: true }

/** A schema of one type behind one field, with what each of them states. */
const build = (type: Rule, rootField: Omit<Rule, 'partOfParent'> = ANYONE, side: Omit<Rule, 'partOfParent'> = {}) => {
  const builder = new SchemaBuilder<Types>({
    plugins: [ScopeAuthPlugin, 'parentDecides'],
    scopeAuth: { authScopes: () => ({ anyone: true, nobody: false }), runScopesOnType: true },
  })
  const Shape = builder.interfaceRef<{ id: string }>('Shape').implement({
    fields: (t) => ({ id: t.exposeString('id') }),
  })
  const Square = builder.objectRef<{ id: string; side: string }>('Square').implement({
    interfaces: [Shape],
    ...type,
    fields: (t) => ({ side: t.exposeString('side', side) }),
  })
  builder.queryType({
    fields: (t) => ({
      square: t.field({ type: Square, nullable: true, resolve: () => ({ id: '1', side: '2' }), ...rootField }),
    }),
  })
  return builder.toSchema()
}

describe('a schema is rejected if', () => {
  it.each<[string, Rule, Rule, Rule, string]>([
    ['a type states no rule', {}, ANYONE, {}, 'Square'],
    ['the rule of a type is empty', { authScopes: {} }, ANYONE, {}, 'Square'],
    ['a type has a rule and leaves it to its parent', { ...ANYONE, ...PART }, ANYONE, {}, 'Square'],
    ['a root field states no rule', PART, {}, {}, 'Query.square'],
    ['the rule of a root field is empty', PART, { authScopes: {} }, {}, 'Query.square'],
    ['the rule of a field is empty', PART, ANYONE, { authScopes: {} }, 'Square.side'],
    ['neither type nor root field states a rule', {}, {}, {}, 'Square, Query.square'],
  ])('%s', (_, type, rootField, side, places) => {
    expect(() => build(type, rootField, side)).toThrow(`These have no authorization rule: ${places}.`)
  })
})

describe('a field that states no rule', () => {
  const read = async (type: Rule, side: Rule = {}) =>
    (
      await execute({
        schema: build(type, ANYONE, side),
        document: parse('{ square { id side } }'),
        contextValue: { caches: new Map() },
      })
    ).data

  it('can be read by callers whom the type admits', async () => {
    expect(await read(ANYONE)).toEqual({ square: { id: '1', side: '2' } })
  })

  it('cannot be read by callers whom the type does not admit, also if it comes from an interface', async () => {
    expect(await read({ authScopes: { nobody: true } })).toEqual({ square: null })
  })

  it('can be read by callers who may read the field that leads to a part', async () => {
    expect(await read(PART)).toEqual({ square: { id: '1', side: '2' } })
  })

  it('does not widen the rule of another field', async () => {
    expect(await read(PART, { authScopes: { nobody: true } })).toEqual({ square: { id: '1', side: null } })
  })
})
