import { type DocumentNode, getOperationAST, type SelectionSetNode } from 'graphql'
import { fragmentsOf } from '../schema-kit/fragments.ts'
import { mergedFields } from './merged-fields.ts'

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
  const fragments = fragmentsOf(document)
  const operation = getOperationAST(document, operationName)
  const known = new Map<string, string>()

  const named = (steps: readonly string[]): string => {
    const names: string[] = []
    let within: readonly SelectionSetNode[] = operation == null ? [] : [operation.selectionSet]
    for (const step of steps) {
      const fields = mergedFields(fragments, within).get(step) ?? []
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
