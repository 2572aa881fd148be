import { type DocumentNode, getOperationAST, type OperationDefinitionNode, OperationTypeNode } from 'graphql'
import { createPrices } from '../schema-kit/field-prices.ts'
import { fragmentsOf } from '../schema-kit/fragments.ts'
import { measureOperation, type OperationSize, type Variables } from '../schema-kit/operation-cost.ts'
import { mergedFields } from './merged-fields.ts'
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
    // Fields with the same name are executed as one.
    mutations:
      operation.operation === OperationTypeNode.MUTATION
        ? mergedFields(fragmentsOf(document), [operation.selectionSet]).size
        : 0,
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
