import { type DocumentNode, type FieldNode, Kind, type SelectionSetNode } from 'graphql'

/**
 * The names of the fields along a path of an answer, joined by dots. The path itself has the names that the caller chose as
 * aliases: a history that kept those would be written by its readers.
 */
export const fieldNamesAt = (document: DocumentNode, path: readonly (string | number)[]): string => {
  const names: string[] = []
  let within: readonly SelectionSetNode[] = document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION ? [definition.selectionSet] : [],
  )
  for (const step of path) {
    if (typeof step === 'number') continue
    const fields = within
      .flatMap((selections) => fieldsOf(document, selections))
      .filter((field) => keyOf(field) === step)
    names.push(fields[0]?.name.value ?? '?')
    within = fields.flatMap(({ selectionSet }) => (selectionSet === undefined ? [] : [selectionSet]))
  }
  return names.join('.')
}

const keyOf = ({ alias, name }: FieldNode): string => (alias ?? name).value

/** The fields of a selection, those in fragments included. Validation has refused fragments that contain themselves. */
const fieldsOf = (document: DocumentNode, { selections }: SelectionSetNode): FieldNode[] =>
  selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection]
    if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsOf(document, selection.selectionSet)
    return document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value
        ? fieldsOf(document, definition.selectionSet)
        : [],
    )
  })
