import type { Variables } from '../schema-kit/operation-cost.ts'

/** The parameters of an operation over HTTP. `extensions` has no meaning here. */
export interface OperationParameters {
  readonly query: string
  readonly operationName: string | undefined
  readonly variables: Variables | undefined
}

const PARAMETERS: ReadonlySet<string> = new Set(['query', 'operationName', 'variables', 'extensions'])

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The parameters in a JSON body; null if they are not well-formed, which Yoga reports. */
export const parametersOf = (body: unknown): OperationParameters | null => {
  if (!isRecord(body)) return null
  for (const name in body) if (!PARAMETERS.has(name)) return null
  const { query, operationName, variables, extensions } = body
  if (typeof query !== 'string') return null
  if (operationName != null && typeof operationName !== 'string') return null
  if (variables != null && !isRecord(variables)) return null
  if (extensions != null && !isRecord(extensions)) return null
  return { query, operationName: operationName ?? undefined, variables: variables ?? undefined }
}
