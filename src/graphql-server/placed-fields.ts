import {
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLOutputType,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  type SelectionSetNode,
  TypeNameMetaFieldDef,
} from 'graphql'

/** A field and where it is selected. */
export interface PlacedField {
  readonly node: FieldNode
  readonly parent: GraphQLNamedType | undefined
  readonly type: GraphQLOutputType | undefined
}

/** A selection set and the type that it selects from. */
export interface PlacedSelections {
  readonly selections: SelectionSetNode
  readonly parent: GraphQLNamedType | undefined
}

/** The name of the field in the answer. */
export const keyOf = ({ alias, name }: FieldNode): string => (alias ?? name).value

/** What two fields with the same name must have in common: lists, nullability, and the type of a leaf. */
export const shapeOf = (type: GraphQLOutputType): string => {
  if (isNonNullType(type)) return `${shapeOf(type.ofType)}!`
  if (isListType(type)) return `[${shapeOf(type.ofType)}]`
  return isCompositeType(type) ? '{}' : type.name
}

/** The type of a field of a parent type. */
export const typeOf = (parent: GraphQLNamedType | undefined, name: string): GraphQLOutputType | undefined => {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef.type
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name]?.type : undefined
}

export const groupBy = <T>(items: readonly T[], key: (item: T) => string): T[][] => {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(key(item))
    if (group === undefined) groups.set(key(item), [item])
    else group.push(item)
  }
  return [...groups.values()]
}

/** Groups fields with the same name by the object that they are selected from. Fields of an interface are in each group. */
export const byObject = (fields: readonly PlacedField[]): (readonly PlacedField[])[] => {
  const concrete = fields.filter(({ parent }) => isObjectType(parent))
  if (concrete.length === 0) return [fields]
  const others = fields.filter(({ parent }) => !isObjectType(parent))
  return groupBy(concrete, ({ parent }) => parent?.name ?? '').map((group) => [...group, ...others])
}

/** The selections of a field, as one item or none. */
export const below = ({ node, type }: PlacedField): PlacedSelections[] =>
  node.selectionSet === undefined
    ? []
    : [{ selections: node.selectionSet, parent: type === undefined ? undefined : getNamedType(type) }]
