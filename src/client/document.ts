import type { DocumentTypeDecoration, TypedDocumentNode } from '@graphql-typed-document-node/core'
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionSetNode,
} from 'graphql'

/** A typed document as text, as GraphQL Code Generator creates it with `documentMode: 'string'`. */
interface TypedDocumentText<D, V> extends DocumentTypeDecoration<D, V> {
  readonly length: number
  toString(): string
}

/** An operation: a generated document, a syntax tree, or text. */
export type Document<D, V> = TypedDocumentNode<D, V> | TypedDocumentText<D, V> | string

const isNode = <D, V>(document: Document<D, V>): document is TypedDocumentNode<D, V> =>
  typeof document === 'object' && 'kind' in document

export const textOf = <D, V>(document: Document<D, V>): string => (isNode(document) ? print(document) : `${document}`)

const subscriptionOf = (document: DocumentNode): OperationDefinitionNode => {
  const [operation, ...others] = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION)
  if (operation === undefined || others.length > 0 || operation.operation !== 'subscription')
    throw new TypeError('The document must hold exactly one operation, a subscription.')
  return operation
}

const passesAfter = (field: FieldNode): boolean =>
  field.arguments?.some(
    ({ name, value }) => name.value === 'after' && value.kind === Kind.VARIABLE && value.name.value === 'after',
  ) ?? false

const selectsSequence = (
  { selections }: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  seen: ReadonlySet<string> = new Set(),
): boolean =>
  selections.some((selection) => {
    if (selection.kind === Kind.FIELD)
      return selection.name.value === 'sequence' && (selection.alias?.value ?? 'sequence') === 'sequence'
    if (selection.kind === Kind.INLINE_FRAGMENT) return selectsSequence(selection.selectionSet, fragments, seen)
    const name = selection.name.value
    const fragment = fragments.get(name)
    return (
      fragment !== undefined &&
      !seen.has(name) &&
      selectsSequence(fragment.selectionSet, fragments, new Set([...seen, name]))
    )
  })

/**
 * Checks that a subscription can resume: its field takes `after: $after`, and `sequence` is selected. Throws a TypeError that
 * says what is missing, or graphql's syntax error.
 */
export const checkResumable = (text: string): void => {
  const document = parse(text, { noLocation: true })
  const { selectionSet, variableDefinitions = [] } = subscriptionOf(document)
  const [field, ...others] = selectionSet.selections
  if (field?.kind !== Kind.FIELD || others.length > 0)
    throw new TypeError('The subscription must select exactly one field.')
  if (!variableDefinitions.some(({ variable }) => variable.name.value === 'after') || !passesAfter(field))
    throw new TypeError(
      `To resume, the subscription needs the variable $after: subscription ($after: SafeInt) { ${field.name.value}(after: $after) ... }.`,
    )
  const fragments = new Map(
    document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION).map((one) => [one.name.value, one]),
  )
  if (field.selectionSet === undefined || !selectsSequence(field.selectionSet, fragments))
    throw new TypeError(`To resume, the subscription must select sequence of ${field.name.value}, without an alias.`)
}
