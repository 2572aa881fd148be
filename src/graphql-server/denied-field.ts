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
 * Returns a function that translates a path of the answer to the names of its fields, joined by dots. The path itself
 * contains aliases, and callers must not choose what the audit log contains. Each selection along a path is visited once,
 * however many paths lead to it; paths that differ only in list positions are translated once.
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

/** The fields of selections that are merged into one place, including those in fragments, each fragment once. */
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
