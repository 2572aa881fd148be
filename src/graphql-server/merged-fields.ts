import { type FieldNode, Kind, type NamedTypeNode, type SelectionSetNode } from 'graphql'
import type { Fragments } from '../schema-kit/fragments.ts'
import { keyOf } from './placed-fields.ts'

/**
 * The fields of selections that are merged into one place, by their names in the answer, in the order of the answer. Those in
 * fragments are included, each fragment once.
 *
 * @param applies whether a fragment with a type condition is selected from; by default all of them are
 */
export const mergedFields = (
  fragments: Fragments,
  merged: readonly SelectionSetNode[],
  applies: (condition: NamedTypeNode) => boolean = () => true,
): ReadonlyMap<string, readonly FieldNode[]> => {
  const fields = new Map<string, FieldNode[]>()
  const spread = new Set<string>()
  const collect = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const key = keyOf(selection)
        const same = fields.get(key)
        if (same === undefined) fields.set(key, [selection])
        else same.push(selection)
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        if (selection.typeCondition === undefined || applies(selection.typeCondition)) collect(selection.selectionSet)
      } else if (!spread.has(selection.name.value)) {
        spread.add(selection.name.value)
        const fragment = fragments.get(selection.name.value)
        if (fragment !== undefined && applies(fragment.typeCondition)) collect(fragment.selectionSet)
      }
    }
  }
  merged.forEach(collect)
  return fields
}
