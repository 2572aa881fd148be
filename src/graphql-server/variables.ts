import {
  coerceInputValue,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
  type VariableDefinitionNode,
  valueFromAST,
} from 'graphql'
import type { InputIssues } from '../kernel/errors.ts'
import type { Variables } from '../schema-kit/operation-cost.ts'

/** Errors of variables that are reported at once. */
const MAX_ISSUES = 20

/** The path as services report it: relative to the input of a mutation. */
const pathOf = (variable: string, path: readonly (string | number)[]): string =>
  (variable === 'input' && path.length > 0 ? path : [variable, ...path]).join('.')

/** Stops a coercion that has found enough errors. */
class EnoughIssues extends Error {}

/** Formats a message of graphql-js. It must not contain the value, which may be a secret. */
export type FormatMessage = (message: string) => string

/** Coerces the variables of an operation. Adds at most twenty errors to `issues`, each with its path. */
export const coerceVariables = (
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  given: Variables,
  issues: InputIssues,
  format: FormatMessage,
): Variables => {
  let found = 0
  const add = (path: string, message: string): void => {
    issues.add(path, format(message))
    found += 1
    if (found >= MAX_ISSUES) throw new EnoughIssues()
  }
  const coerce = (definition: VariableDefinitionNode, type: GraphQLInputType): unknown => {
    const name = definition.variable.name.value
    const value = Object.hasOwn(given, name) ? given[name] : undefined
    if (value === undefined && definition.defaultValue !== undefined) return valueFromAST(definition.defaultValue, type)
    if (isNonNullType(type) && value == null) {
      add(name, value === undefined ? 'is required' : 'must not be null')
      return undefined
    }
    return value === undefined
      ? undefined
      : coerceInputValue(value, type, (path, _value, { message }) => add(pathOf(name, path), message))
  }
  const coerced: Record<string, unknown> = {}
  try {
    for (const definition of operation.variableDefinitions ?? []) {
      const type = typeFromAST(schema, definition.type)
      if (!isInputType(type)) continue
      const value = coerce(definition, type)
      if (value !== undefined) coerced[definition.variable.name.value] = value
    }
  } catch (error) {
    if (!(error instanceof EnoughIssues)) throw error
  }
  return coerced
}
