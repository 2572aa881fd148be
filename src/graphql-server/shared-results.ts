import { hash } from 'node:crypto'
import { type DocumentNode, type ExecutionArgs, type ExecutionResult, getOperationAST, print } from 'graphql'
import type { MaybePromise } from '../kernel/maybe-promise.ts'
import type { LiveItem } from '../live/live-request.ts'

const texts = new WeakMap<DocumentNode, string>()

/** The document as text. Equal documents are usually the same object, because the parser's results are cached. */
const textOf = (document: DocumentNode): string => {
  const text = texts.get(document) ?? print(document)
  texts.set(document, text)
  return text
}

/** Identifies the operation and its variables: equal keys give equal results for the same item. */
export const operationKey = ({ document, operationName, variableValues }: ExecutionArgs): string => {
  const declared = getOperationAST(document, operationName)?.variableDefinitions ?? []
  const given = variableValues ?? {}
  // A variable that is left out has its default value; one that is null does not.
  const variables = declared.map(({ variable: { name } }) =>
    Object.hasOwn(given, name.value) ? [given[name.value]] : [],
  )
  return hash('sha256', JSON.stringify([textOf(document), operationName ?? null, variables]), 'hex')
}

/**
 * The results of live items, each executed once per operation. Only callers with the same rights share an item, so they
 * may share its results.
 */
export class SharedResults {
  private readonly results = new WeakMap<LiveItem<unknown>, Map<string, MaybePromise<ExecutionResult>>>()

  get(
    item: LiveItem<unknown>,
    operation: string,
    execute: () => Promise<ExecutionResult>,
  ): MaybePromise<ExecutionResult> {
    let ofItem = this.results.get(item)
    if (ofItem === undefined) {
      ofItem = new Map()
      this.results.set(item, ofItem)
    }
    const known = ofItem.get(operation)
    if (known !== undefined) return known
    const executing = execute()
    ofItem.set(operation, executing)
    const values = ofItem
    executing.then(
      (result) => values.set(operation, result),
      // The rejection stays: everyone who shares the execution receives it.
      () => undefined,
    )
    return executing
  }
}
