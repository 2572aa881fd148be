import {
  type FieldNode,
  GraphQLError,
  type GraphQLNamedType,
  type GraphQLOutputType,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  print,
  type SelectionSetNode,
  TypeNameMetaFieldDef,
  type ValidationContext,
  type ValidationRule,
} from 'graphql'

/** Fields that are looked at before the check gives up. A document within the limits of operations needs far fewer. */
const MOST_FIELDS = 10_000

interface PlacedField {
  readonly node: FieldNode
  readonly parent: GraphQLNamedType | undefined
  readonly type: GraphQLOutputType | undefined
}
interface PlacedSelections {
  readonly selections: SelectionSetNode
  readonly parent: GraphQLNamedType | undefined
}

const keyOf = ({ alias, name }: FieldNode): string => (alias ?? name).value

/** What must be equal for two values to fit into one place: lists, nullability, and the type where it is a leaf. */
const shapeOf = (type: GraphQLOutputType): string => {
  if (isNonNullType(type)) return `${shapeOf(type.ofType)}!`
  if (isListType(type)) return `[${shapeOf(type.ofType)}]`
  return isCompositeType(type) ? '{}' : type.name
}

const argumentsOf = ({ arguments: given = [] }: FieldNode): string =>
  given
    .map(({ name, value }) => `${name.value}:${print(value)}`)
    .sort()
    .join(',')

const typeOf = (parent: GraphQLNamedType | undefined, name: string): GraphQLOutputType | undefined => {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef.type
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name]?.type : undefined
}

const groupBy = <T>(items: readonly T[], key: (item: T) => string): T[][] => {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(key(item))
    if (group === undefined) groups.set(key(item), [item])
    else group.push(item)
  }
  return [...groups.values()]
}

/** Fields of one name in an answer, parted so that those of one object are together. Those of an interface are in each. */
const byObject = (fields: readonly PlacedField[]): (readonly PlacedField[])[] => {
  const concrete = fields.filter(({ parent }) => isObjectType(parent))
  if (concrete.length === 0) return [fields]
  const others = fields.filter(({ parent }) => !isObjectType(parent))
  return groupBy(concrete, ({ parent }) => parent?.name ?? '').map((group) => [...group, ...others])
}

/** One check of a document. Throws a GraphQLError where fields cannot be merged, or where there are too many. */
class MergeCheck {
  private readonly context: ValidationContext
  private readonly checked = new Set<string>()
  private readonly names = new Map<SelectionSetNode, number>()
  private readonly arguments = new Map<FieldNode, string>()
  private seen = 0

  get gaveUp(): boolean {
    return this.seen > MOST_FIELDS
  }

  constructor(context: ValidationContext) {
    this.context = context
  }

  run(selections: PlacedSelections): void {
    this.visit('shape', [selections])
    this.visit('object', [selections])
  }

  /** Checks selections that are merged into one place: each set of them once, however many ways lead to it. */
  private visit(what: 'shape' | 'object', merged: readonly PlacedSelections[]): void {
    if (merged.length === 0) return
    const name = `${what}:${[...new Set(merged.map((one) => this.nameOf(one)))].sort().join()}`
    if (this.checked.has(name)) return
    this.checked.add(name)
    for (const group of groupBy(this.fieldsOf(merged), ({ node }) => keyOf(node)))
      for (const together of what === 'shape' ? [group] : byObject(group)) {
        if (what === 'shape') this.requireOneShape(together)
        else this.requireOneField(together)
        this.visit(what, together.flatMap(below))
      }
  }

  private nameOf({ selections, parent }: PlacedSelections): string {
    const number = this.names.get(selections) ?? this.names.size
    this.names.set(selections, number)
    return `${number}${parent?.name ?? ''}`
  }

  private fieldsOf(merged: readonly PlacedSelections[]): PlacedField[] {
    const fields: PlacedField[] = []
    const spread = new Set<string>()
    const collect = ({ selections, parent }: PlacedSelections): void => {
      for (const selection of selections.selections) {
        this.spend()
        if (selection.kind === Kind.FIELD) {
          fields.push({ node: selection, parent, type: typeOf(parent, selection.name.value) })
        } else if (selection.kind === Kind.INLINE_FRAGMENT) {
          const condition = selection.typeCondition
          collect({
            selections: selection.selectionSet,
            parent: condition === undefined ? parent : this.context.getSchema().getType(condition.name.value),
          })
        } else if (!spread.has(selection.name.value)) {
          spread.add(selection.name.value)
          const fragment = this.context.getFragment(selection.name.value)
          if (fragment == null) continue
          const type = this.context.getSchema().getType(fragment.typeCondition.name.value)
          collect({ selections: fragment.selectionSet, parent: type })
        }
      }
    }
    merged.forEach(collect)
    return fields
  }

  private spend(): void {
    this.seen += 1
    if (this.gaveUp)
      throw new GraphQLError('The document repeats its fields or fragments too often: ask for each of them once.', {
        extensions: { code: 'QUERY_TOO_COMPLEX' },
      })
  }

  private requireOneShape(fields: readonly PlacedField[]): void {
    const typed = fields.flatMap(({ node, type }) => (type === undefined ? [] : [{ node, shape: shapeOf(type), type }]))
    const [first] = typed
    const other = typed.find(({ shape }) => shape !== first?.shape)
    if (first !== undefined && other !== undefined)
      throw conflict(first.node, other.node, `they return conflicting types "${first.type}" and "${other.type}"`)
  }

  private requireOneField(fields: readonly PlacedField[]): void {
    const [first] = fields
    if (first === undefined) return
    for (const { node } of fields) {
      if (node.name.value !== first.node.name.value)
        throw conflict(first.node, node, `"${first.node.name.value}" and "${node.name.value}" are different fields`)
      if (this.argumentsOf(node) !== this.argumentsOf(first.node))
        throw conflict(first.node, node, 'they have differing arguments')
    }
  }

  private argumentsOf(node: FieldNode): string {
    const known = this.arguments.get(node) ?? argumentsOf(node)
    this.arguments.set(node, known)
    return known
  }
}

const below = ({ node, type }: PlacedField): PlacedSelections[] =>
  node.selectionSet === undefined
    ? []
    : [{ selections: node.selectionSet, parent: type === undefined ? undefined : getNamedType(type) }]

const conflict = (first: FieldNode, other: FieldNode, why: string): GraphQLError =>
  new GraphQLError(`Fields "${keyOf(first)}" conflict because ${why}. Use different aliases to get both.`, {
    nodes: [first, other],
  })

/**
 * Fields with one name in an answer must be one field of one type (GraphQL, section 5.3.2). In place of graphql-js'
 * OverlappingFieldsCanBeMergedRule, which compares each field with each other: this compares all of them with the first,
 * and reports the first conflict of an operation.
 */
export const mergeableFields: ValidationRule = (context) => {
  const check = new MergeCheck(context)
  return {
    OperationDefinition: ({ operation, selectionSet }) => {
      if (check.gaveUp) return
      try {
        check.run({ selections: selectionSet, parent: context.getSchema().getRootType(operation) ?? undefined })
      } catch (error) {
        if (!(error instanceof GraphQLError)) throw error
        context.reportError(error)
      }
    },
  }
}
