import {
  type DocumentNode,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql'
import { createPrices } from '../schema-kit/field-prices.ts'
import { measureOperation, type OperationSize, type Variables } from '../schema-kit/operation-cost.ts'
import { schema } from './schema.ts'

/** What the document alone says about one of its operations. */
export interface OperationFacts {
  readonly operation: OperationDefinitionNode
  /** Number of mutations that it executes; 0 for other operations. */
  readonly mutations: number
  /** Its size. Of the variables, only those that are page sizes change it. */
  readonly sizeWith: (variables: Variables) => OperationSize
}

const priceOf = createPrices(schema)

/** Facts of the operations of a document, by name. They are dropped with the document. */
const known = new WeakMap<DocumentNode, Map<string | null, OperationFacts>>()

/** The facts of an operation; null if the document does not contain it, or several and the name is missing. */
export const factsOf = (document: DocumentNode, operationName: string | null | undefined): OperationFacts | null => {
  const name = operationName ?? null
  const found = known.get(document)?.get(name)
  if (found !== undefined) return found
  const operation = getOperationAST(document, name)
  // A caller chooses the name: only names of the document are remembered.
  if (operation == null) return null
  const facts = determineFacts(document, operation)
  const ofDocument = known.get(document) ?? new Map<string | null, OperationFacts>()
  known.set(document, ofDocument.set(name, facts))
  return facts
}

const determineFacts = (document: DocumentNode, operation: OperationDefinitionNode): OperationFacts => {
  const measure = (variables: Variables) => measureOperation(schema, document, operation, variables, priceOf)
  let size: OperationSize | null = null
  return {
    operation,
    mutations: operation.operation === OperationTypeNode.MUTATION ? rootFieldsOf(document, operation.selectionSet) : 0,
    sizeWith: (variables) => {
      if (size !== null) return size
      let isRead = false
      const watched = new Proxy(variables, {
        get: (target, name, receiver) => {
          isRead = true
          return Reflect.get(target, name, receiver)
        },
      })
      const measured = measure(watched)
      if (!isRead) size = measured
      return measured
    },
  }
}

/**
 * Number of root fields that a selection executes. Each fragment is read once, because fields with the same name are
 * executed as one.
 */
const rootFieldsOf = (document: DocumentNode, selectionSet: SelectionSetNode): number => {
  const fragments = new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition.selectionSet] as const] : [],
    ),
  )
  const names = new Set<string>()
  const waiting = [selectionSet]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    for (const selection of next.selections) {
      if (selection.kind === Kind.FIELD) names.add((selection.alias ?? selection.name).value)
      else if (selection.kind === Kind.INLINE_FRAGMENT) waiting.push(selection.selectionSet)
      else {
        const fragment = fragments.get(selection.name.value)
        if (fragment !== undefined) waiting.push(fragment)
        fragments.delete(selection.name.value)
      }
    }
  return names.size
}
