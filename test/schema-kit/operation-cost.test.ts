import fc from 'fast-check'
import {
  buildSchema,
  type DocumentNode,
  getNamedType,
  getOperationAST,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { createPrices } from '../../src/schema-kit/field-prices.ts'
import { measureOperation, type OperationSize } from '../../src/schema-kit/operation-cost.ts'

const schema = buildSchema(`
  type Query { item: Item, items: [Item!]!, page(first: Int, last: Int): Page! }
  type Item { id: ID, item: Item, items: [Item!], page(first: Int, last: Int): Page! }
  type Page { edges: [Edge!]! }
  type Edge { node: Item! }
`)
const priceOf = createPrices(schema)
const operationOf = (document: DocumentNode): OperationDefinitionNode => {
  const operation = getOperationAST(document)
  if (operation == null) throw new Error('The document has no operation.')
  return operation
}
const measure = (text: string, variables: Record<string, unknown> = {}): OperationSize => {
  const document = parse(text)
  return measureOperation(schema, document, operationOf(document), variables, priceOf)
}

/** The same sizes by writing every fragment out wherever it is spread: exponential, and plain to see. */
const measureExpanded = (text: string) => {
  const document = parse(text)
  const sum = { depth: 0, breadth: 0, aliases: 0, cost: 0 }
  const walk = ({ selections }: SelectionSetNode, typeName: string, depth: number, times: number): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) walk(selection.selectionSet, typeName, depth, times)
      else if (selection.kind === Kind.FRAGMENT_SPREAD) {
        for (const definition of document.definitions)
          if (definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value)
            walk(definition.selectionSet, definition.typeCondition.name.value, depth, times)
      } else {
        const type = schema.getType(typeName)
        const field = isObjectType(type) ? type.getFields()[selection.name.value] : undefined
        const price = field === undefined ? { own: 1, times: 1 } : priceOf(field, selection, {})
        sum.depth = Math.max(sum.depth, depth + 1)
        sum.breadth += 1
        sum.aliases += selection.alias === undefined ? 0 : 1
        sum.cost += times * price.own
        if (selection.selectionSet !== undefined && field !== undefined)
          walk(selection.selectionSet, getNamedType(field.type).name, depth + 1, times * price.times)
      }
    }
  }
  walk(operationOf(document).selectionSet, 'Query', 0, 1)
  return sum
}

const FRAGMENTS = 5
/** Selections on Item or Query that spread only fragments with a greater number, so that none contains itself. */
const selections = (from: number): fc.Arbitrary<string> => {
  const spread = fc.integer({ min: Math.min(from, FRAGMENTS - 1), max: FRAGMENTS - 1 }).map((number) => `...F${number}`)
  return fc.letrec<{ set: string; one: string }>((tie) => ({
    set: fc.array(tie('one'), { minLength: 1, maxLength: 3, depthIdentifier: 'set' }).map((all) => all.join(' ')),
    one: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'set' },
      fc.constantFrom('__typename', 'a: __typename'),
      ...(from < FRAGMENTS ? [spread.map((text) => `item { ${text} ${text} }`)] : []),
      tie('set').map((inner) => `item { ${inner} }`),
      tie('set').map((inner) => `b: items { ${inner} }`),
      tie('set').map((inner) => `... { ${inner} }`),
      fc
        .tuple(fc.constantFrom('first: 7', 'last: 100', 'first: 500', 'first: null'), tie('set'))
        .map(([paging, inner]) => `page(${paging}) { edges { node { ${inner} } } }`),
    ),
  })).set
}
const documents = fc
  .tuple(selections(0), ...Array.from({ length: FRAGMENTS }, (_, index) => selections(index + 1)))
  .map(([root, ...bodies]) =>
    [`{ ${root} }`, ...bodies.map((body, index) => `fragment F${index} on Item { ${body} }`)].join('\n'),
  )

describe('the size of an operation', () => {
  it('is the same as with every fragment expanded', () => {
    fc.assert(
      fc.property(documents, (text) => {
        const { introspects: _, ...size } = measure(text)
        expect(size).toEqual(measureExpanded(text))
      }),
      { numRuns: 100 },
    )
  })

  it('exceeds every limit for fragments that double a thousand times, and is found immediately', () => {
    const fragments = Array.from(
      { length: 1_100 },
      (_, index) => `fragment F${index} on Item { item { id } ...F${index + 1} ...F${index + 1} }`,
    )
    const started = performance.now()
    const size = measure(`{ item { ...F0 } } ${fragments.join(' ')} fragment F1100 on Item { a: id }`)
    expect(size).toMatchObject({ breadth: Infinity, aliases: Infinity, cost: Infinity, depth: 3 })
    expect(performance.now() - started).toBeLessThan(1_000)
  })

  it('is infinite for a fragment that contains itself', () => {
    expect(measure('{ item { ...F } } fragment F on Item { item { ...F } }').depth).toBe(Infinity)
  })

  it('includes what a directive may skip, and only the executed operation', () => {
    const text = 'query { item { id @skip(if: true) } } query Other { items { id } }'
    const document = parse(text)
    const operation = getOperationAST(document, 'Other')
    if (operation == null) throw new Error('There is no such operation.')
    expect(measureOperation(schema, document, operation, {}, priceOf).cost).toBe(11)
    expect(measure('{ item { id @skip(if: true) } }').breadth).toBe(2)
  })

  it.each([
    ['first: 3', {}, 3],
    ['last: 3', {}, 3],
    ['first: $n', { n: 4 }, 4],
    ['first: $n', {}, 20],
    ['first: null', {}, 20],
    ['first: 0', {}, 1],
    ['first: 100000', {}, 100],
  ])('multiplies what is in a page with %s and %j %i times', (paging, variables, size) => {
    expect(measure(`query ($n: Int) { page(${paging}) { edges { node { id } } } }`, variables).cost).toBe(1 + 3 * size)
  })

  it('finds introspection wherever it is', () => {
    expect(measure('{ ...F } fragment F on Query { a: __schema { types { name } } }').introspects).toBe(true)
    expect(measure('{ ... on Query { __type(name: "Item") { name } } }').introspects).toBe(true)
    expect(measure('{ __typename item { __typename } }').introspects).toBe(false)
  })
})
