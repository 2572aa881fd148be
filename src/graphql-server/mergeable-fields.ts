import {
  type FieldNode,
  GraphQLError,
  Kind,
  print,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql'
import {
  below,
  byObject,
  groupBy,
  keyOf,
  type PlacedField,
  type PlacedSelections,
  shapeOf,
  typeOf,
} from './placed-fields.ts'

/** Fields that are visited before the check stops. A document within the limits of operations has far fewer. */
const MAX_FIELDS = 10_000

const argumentsOf = ({ arguments: given = [] }: FieldNode): string =>
  given
    .map(({ name, value }) => `${name.value}:${print(value)}`)
    .sort()
    .join(',')

/** One check of a document. Throws a GraphQLError if fields cannot be merged, or if there are too many. */
class MergeCheck {
  private readonly context: ValidationContext
  private readonly checked = new Set<string>()
  private readonly names = new Map<SelectionSetNode, number>()
  private readonly arguments = new Map<FieldNode, string>()
  private visited = 0

  get stopped(): boolean {
    return this.visited > MAX_FIELDS
  }

  constructor(context: ValidationContext) {
    this.context = context
  }

  run(selections: PlacedSelections): void {
    this.visit('shape', [selections])
    this.visit('object', [selections])
  }

  /** Checks selections that are merged into one place. Each set of selections is checked once, however many paths lead to it. */
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
        this.countVisit()
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

  private countVisit(): void {
    this.visited += 1
    if (this.stopped)
      throw new GraphQLError('The document repeats fields or fragments too often. Select each of them once.', {
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

const conflict = (first: FieldNode, other: FieldNode, why: string): GraphQLError =>
  new GraphQLError(`Fields "${keyOf(first)}" conflict because ${why}. Use different aliases to get both.`, {
    nodes: [first, other],
  })

/**
 * Fields with the same name in the answer must be the same field with the same type (GraphQL specification, section 5.3.2).
 * It replaces OverlappingFieldsCanBeMergedRule of graphql-js, which compares every pair of fields: this compares all of them
 * with the first, and reports the first conflict of an operation.
 */
export const mergeableFields: ValidationRule = (context) => {
  const check = new MergeCheck(context)
  return {
    OperationDefinition: ({ operation, selectionSet }) => {
      if (check.stopped) return
      try {
        check.run({ selections: selectionSet, parent: context.getSchema().getRootType(operation) ?? undefined })
      } catch (error) {
        if (!(error instanceof GraphQLError)) throw error
        context.reportError(error)
      }
    },
  }
}
