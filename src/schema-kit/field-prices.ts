import {
  type FieldNode,
  type GraphQLField,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  type ValueNode,
} from 'graphql'
import { DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE } from '../kernel/page.ts'
import type { FieldPrice, PriceOf, Variables } from './operation-cost.ts'

/** The `extensions` of a field that costs more than one point. */
export interface PriceExtension {
  readonly price: number
}

/** Assumed length of a list that is not paged. */
const LIST_LENGTH = 10

const numberIn = (node: ValueNode | undefined, variables: Variables): unknown => {
  if (node === undefined) return undefined
  if (node.kind === Kind.VARIABLE) return variables[node.name.value]
  return node.kind === Kind.INT ? Number(node.value) : undefined
}

const argumentOf = (node: FieldNode, name: string, variables: Variables): unknown =>
  numberIn(node.arguments?.find((argument) => argument.name.value === name)?.value, variables)

/** How often a field repeats the fields below it: a page by its size, another list by ten. `edges` is part of its page. */
const repetitions = (field: GraphQLField<unknown, unknown>, node: FieldNode, variables: Variables): number => {
  if (field.args.some(({ name }) => name === 'first')) {
    const size = argumentOf(node, 'first', variables) ?? argumentOf(node, 'last', variables)
    // A page size above the limit is rejected later, with its own error.
    return typeof size === 'number' ? Math.min(Math.max(1, size), LARGEST_PAGE_SIZE) : DEFAULT_PAGE_SIZE
  }
  const type = isNonNullType(field.type) ? field.type.ofType : field.type
  return isListType(type) && field.name !== 'edges' ? LIST_LENGTH : 1
}

const own = ({ extensions }: GraphQLField<unknown, unknown>): number => {
  const { price } = extensions as Partial<PriceExtension>
  return price ?? 1
}

/** Introspection reads memory only, and its lists are shorter than estimated. */
const INTROSPECTION_PRICE = 0.5

/** Lengths of the lists of introspection, over the whole schema. */
const countsOf = (schema: GraphQLSchema) => {
  const types = Object.values(schema.getTypeMap())
  const fieldCounts = types.map((type) =>
    isObjectType(type) || isInterfaceType(type) ? Object.keys(type.getFields()).length : 0,
  )
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)
  const fields = types.flatMap((type) =>
    isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [],
  )
  const mean = (count: number, over: number) => Math.max(1, count / over)
  const meanFields = mean(sum(fieldCounts), types.length)
  return {
    types: types.length,
    directives: schema.getDirectives().length,
    fields: meanFields,
    largest: Math.max(...fieldCounts) / meanFields,
    args: mean(sum(fields.map((field) => field.args.length)), fields.length),
    inputFields: mean(
      sum(types.map((type) => (isInputObjectType(type) ? Object.keys(type.getFields()).length : 0))),
      types.length,
    ),
    enumValues: mean(sum(types.map((type) => (isEnumType(type) ? type.getValues().length : 0))), types.length),
  }
}

/**
 * The prices of the fields of a schema, including introspection. Below `__schema.types` a list counts with the average length,
 * which makes the sum exact. A type that is requested by name counts as the largest one.
 */
export const createPrices = (schema: GraphQLSchema): PriceOf => {
  const counts = countsOf(schema)
  const ofIntrospection = new Map<GraphQLField<unknown, unknown>, FieldPrice>()
  const put = (type: string, name: string, times: number) => {
    const found = schema.getType(type)
    const field = isObjectType(found) ? found.getFields()[name] : undefined
    if (field !== undefined) ofIntrospection.set(field, { own: INTROSPECTION_PRICE, times })
  }
  for (const type of Object.values(schema.getTypeMap()))
    if (isIntrospectionType(type) && isObjectType(type))
      for (const name of Object.keys(type.getFields())) put(type.name, name, 1)
  put('__Schema', 'types', counts.types)
  put('__Schema', 'directives', counts.directives)
  for (const name of ['queryType', 'mutationType', 'subscriptionType']) put('__Schema', name, counts.largest)
  put('__Type', 'fields', counts.fields)
  put('__Type', 'inputFields', counts.inputFields)
  put('__Type', 'enumValues', counts.enumValues)
  put('__Field', 'args', counts.args)
  put('__Directive', 'args', 2)
  put('__Directive', 'locations', 1)
  ofIntrospection.set(SchemaMetaFieldDef, { own: INTROSPECTION_PRICE, times: 1 })
  ofIntrospection.set(TypeMetaFieldDef, { own: INTROSPECTION_PRICE, times: counts.largest })
  return (field, node, variables) =>
    ofIntrospection.get(field) ?? { own: own(field), times: repetitions(field, node, variables) }
}
