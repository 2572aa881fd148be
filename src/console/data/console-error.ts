import type { CombinedError } from 'urql'
import { errorOfGraphQL, KeyturnClientError } from '../../client/error.ts'

/** What went wrong, in the form that `keyturn/client` throws: code, reason, missing grants, faults of the input. */
export type ConsoleError = KeyturnClientError

const statusOf = (response: unknown): { status?: number } =>
  response instanceof Response ? { status: response.status } : {}

/** The error of a result of urql. Null where there is none. */
export const errorOfResult = (error: CombinedError | undefined): ConsoleError | null => {
  if (error === undefined) return null
  const status = statusOf(error.response)
  if (error.graphQLErrors.length > 0) return errorOfGraphQL(error.graphQLErrors, status)
  return new KeyturnClientError('NETWORK', 'The server does not answer.', status, { cause: error.networkError })
}

/** What to say for codes that a person can do something about; the server's own message says the rest. */
const NEXT_STEPS: Readonly<Record<string, string>> = {
  NETWORK: 'Check your connection. Whether the change was made is not known: look before you try again.',
  CONFLICT: 'Somebody may have changed it meanwhile. Look at its present state, then try again.',
  RATE_LIMITED: 'Wait a little before you try again.',
  UNAVAILABLE: 'Nothing was changed. Try again in a moment.',
}

/** A sentence that says what to do next, or null. */
export const nextStepOf = ({ code, required, retryAfterSeconds }: ConsoleError): string | null => {
  if (required !== undefined && required.length > 0) return `You need ${required.join(' or ')}.`
  if (retryAfterSeconds !== undefined && retryAfterSeconds > 0) return `Try again in ${retryAfterSeconds} s.`
  return NEXT_STEPS[code] ?? null
}
