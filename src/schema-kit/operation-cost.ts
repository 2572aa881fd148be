import {
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql'
import { fragmentsOf } from './fragments.ts'

/** The size of an operation with expanded fragments. The numbers are Infinity if a fragment contains itself. */
export interface OperationSize {
  /** Levels of nested fields. */
  readonly depth: number
  /** Selected fields. */
  readonly breadth: number
  /** Selected fields that have an alias. */
  readonly aliases: number
  /** Sum of the prices of the fields, each multiplied by the lists above it. */
  readonly cost: number
  /** Whether `__schema` or `__type` is selected. */
  readonly introspects: boolean
}

/** The price of one selection of a field, and how often it repeats the fields below it. */
export interface FieldPrice {
  readonly own: number
  readonly times: number
}

export type Variables = Readonly<Record<string, unknown>>

/** Determines the price of a selected field. */
export type PriceOf = (field: GraphQLField<unknown, unknown>, node: FieldNode, variables: Variables) => FieldPrice

const EMPTY: OperationSize = { depth: 0, breadth: 0, aliases: 0, cost: 0, introspects: false }
const UNBOUNDED: OperationSize = {
  depth: Number.POSITIVE_INFINITY,
  breadth: Number.POSITIVE_INFINITY,
  aliases: Number.POSITIVE_INFINITY,
  cost: Number.POSITIVE_INFINITY,
  introspects: true,
}

const beside = (a: OperationSize, b: OperationSize): OperationSize => ({
  depth: Math.max(a.depth, b.depth),
  breadth: a.breadth + b.breadth,
  aliases: a.aliases + b.aliases,
  cost: a.cost + b.cost,
  introspects: a.introspects || b.introspects,
})

/** The size of a field with the selections below it. */
const within = (node: FieldNode, { own, times }: FieldPrice, below: OperationSize): OperationSize => ({
  depth: below.depth + 1,
  breadth: below.breadth + 1,
  aliases: below.aliases + (node.alias === undefined ? 0 : 1),
  // Avoids Infinity * 0, which is NaN.
  cost: own + (below.cost === 0 ? 0 : times * below.cost),
  introspects: below.introspects || INTROSPECTION.has(node.name.value),
})

const META_FIELDS: ReadonlyMap<string, GraphQLField<unknown, unknown>> = new Map(
  [SchemaMetaFieldDef, TypeMetaFieldDef, TypeNameMetaFieldDef].map((field) => [field.name, field]),
)
const INTROSPECTION: ReadonlySet<string> = new Set([SchemaMetaFieldDef.name, TypeMetaFieldDef.name])

const fieldOf = (type: GraphQLCompositeType | null, name: string): GraphQLField<unknown, unknown> | undefined =>
  META_FIELDS.get(name) ?? (isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined)

/**
 * Measures an operation with expanded fragments in one pass. Each fragment is measured once: its fields depend only on its
 * type condition, so its size is the same wherever it is spread. Directives are ignored: a field with `@skip` counts.
 */
export const measureOperation = (
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
  priceOf: PriceOf,
): OperationSize => {
  const fragments = fragmentsOf(document)
  const measured = new Map<string, OperationSize>()

  const typeNamed = (name: string): GraphQLCompositeType | null => {
    const type = schema.getType(name)
    return isCompositeType(type) ? type : null
  }

  const ofFragment = (name: string): OperationSize => {
    const known = measured.get(name)
    if (known !== undefined) return known
    const fragment = fragments.get(name)
    if (fragment === undefined) return EMPTY
    // A fragment that contains itself finds this value.
    measured.set(name, UNBOUNDED)
    const size = ofSelections(fragment.selectionSet, typeNamed(fragment.typeCondition.name.value))
    measured.set(name, size)
    return size
  }

  const ofField = (node: FieldNode, parent: GraphQLCompositeType | null): OperationSize => {
    const field = fieldOf(parent, node.name.value)
    const type = field === undefined ? null : getNamedType(field.type)
    const below =
      node.selectionSet === undefined ? EMPTY : ofSelections(node.selectionSet, isCompositeType(type) ? type : null)
    const price = field === undefined ? { own: 1, times: 1 } : priceOf(field, node, variables)
    return within(node, price, below)
  }

  const ofSelections = ({ selections }: SelectionSetNode, parent: GraphQLCompositeType | null): OperationSize => {
    let size = EMPTY
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) size = beside(size, ofField(selection, parent))
      else if (selection.kind === Kind.FRAGMENT_SPREAD) size = beside(size, ofFragment(selection.name.value))
      else {
        const condition = selection.typeCondition?.name.value
        size = beside(
          size,
          ofSelections(selection.selectionSet, condition === undefined ? parent : typeNamed(condition)),
        )
      }
    }
    return size
  }

  return ofSelections(operation.selectionSet, schema.getRootType(operation.operation) ?? null)
}
