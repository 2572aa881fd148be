import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getOperationAST,
  Kind,
  type SelectionSetNode,
} from 'graphql'

type Path = readonly (string | number)[]

/**
 * Names the fields of an operation along paths of its answer, joined by dots. A path itself has the names that the caller
 * chose as aliases: an audit log that stored those would be written by its readers. A path costs one look at each selection
 * along it, however many ways lead there; paths that differ in places of lists alone are named once.
 */
export const createFieldNames = (
  document: DocumentNode,
  operationName: string | null | undefined,
): ((path: Path) => string) => {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  const operation = getOperationAST(document, operationName)
  const known = new Map<string, string>()

  const named = (steps: readonly string[]): string => {
    const names: string[] = []
    let within: readonly SelectionSetNode[] = operation == null ? [] : [operation.selectionSet]
    for (const step of steps) {
      const fields = fieldsOf(fragments, within).filter((field) => keyOf(field) === step)
      names.push(fields[0]?.name.value ?? '?')
      within = fields.flatMap(({ selectionSet }) => (selectionSet === undefined ? [] : [selectionSet]))
    }
    return names.join('.')
  }

  return (path) => {
    const steps = path.filter((step) => typeof step === 'string')
    const key = steps.join('.')
    const name = known.get(key) ?? named(steps)
    known.set(key, name)
    return name
  }
}

const keyOf = ({ alias, name }: FieldNode): string => (alias ?? name).value

/** The fields of selections that are merged into one place, those in fragments included, each fragment once. */
const fieldsOf = (
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  merged: readonly SelectionSetNode[],
): FieldNode[] => {
  const fields: FieldNode[] = []
  const spread = new Set<string>()
  const collect = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) fields.push(selection)
      else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet)
      else if (!spread.has(selection.name.value)) {
        spread.add(selection.name.value)
        const fragment = fragments.get(selection.name.value)
        if (fragment !== undefined) collect(fragment.selectionSet)
      }
    }
  }
  merged.forEach(collect)
  return fields
}
