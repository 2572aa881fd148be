import type { Credential } from './credential.ts'
import { type Document, textOf } from './document.ts'
import { errorOfGraphQL, KeyturnClientError } from './error.ts'

/** The endpoint of GraphQL requests. */
export interface HttpTarget {
  readonly url: string
  readonly fetch: typeof fetch
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const CODES: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  429: 'RATE_LIMITED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'UNAVAILABLE',
}

/** Seconds of a `retry-after` header, which holds seconds or a date (RFC 9110 section 10.2.3). */
const retryAfterOf = (headers: Headers): number | undefined => {
  const value = headers.get('retry-after')
  if (value === null) return undefined
  const seconds = /^\d+$/.test(value) ? Number(value) : Math.ceil((Date.parse(value) - Date.now()) / 1000)
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined
}

/**
 * Sends an operation once. Throws KeyturnClientError with the details of the response; an abort throws the signal's reason.
 * It does not retry: after `NETWORK`, only the caller knows whether a mutation may be repeated.
 */
export const post = async <D>(
  { url, fetch: send }: HttpTarget,
  request: { readonly query: string; readonly variables: unknown },
  credential: string | null,
  signal?: AbortSignal,
): Promise<D> => {
  let response: Response
  let body: unknown
  try {
    response = await send(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
        ...(credential === null ? {} : { authorization: `Bearer ${credential}` }),
      },
      body: JSON.stringify(request),
      redirect: 'error',
      ...(signal === undefined ? {} : { signal }),
    })
    body = await response.text()
  } catch (cause) {
    if (signal?.aborted) throw signal.reason
    throw new KeyturnClientError('NETWORK', `No answer from ${url}.`, {}, { cause })
  }
  return dataOf<D>(response, body)
}

const dataOf = <D>(response: Response, body: unknown): D => {
  const { status, headers } = response
  const requestId = headers.get('x-request-id')
  const retryAfterSeconds = retryAfterOf(headers)
  const known = {
    status,
    ...(requestId === null ? {} : { requestId }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  }
  const answer = parse(body)
  if (answer !== null && Array.isArray(answer.errors) && answer.errors.length > 0)
    throw errorOfGraphQL(answer.errors, { ...known, ...(answer.data == null ? {} : { data: answer.data }) })
  if (answer === null || !isRecord(answer.data))
    throw new KeyturnClientError(
      CODES[status] ?? 'BAD_RESPONSE',
      `The server answered ${status}, and not with the result of a GraphQL operation.`,
      known,
    )
  return answer.data as D
}

const parse = (body: unknown): Record<string, unknown> | null => {
  try {
    const answer: unknown = JSON.parse(String(body))
    return isRecord(answer) ? answer : null
  } catch {
    // Not JSON, such as the error page of a proxy. The caller reports the status.
    return null
  }
}

/** Executes an operation. Repeats it once with a new credential if the first was rejected: nothing was executed then. */
export const execute = async <D, V>(
  target: HttpTarget,
  credential: Credential,
  document: Document<D, V>,
  variables: V | undefined,
  signal?: AbortSignal,
): Promise<D> => {
  const request = { query: textOf(document), variables: variables ?? {} }
  const presented = await credential.get()
  try {
    return await post<D>(target, request, presented, signal)
  } catch (error) {
    const refused = error instanceof KeyturnClientError && error.code === 'UNAUTHENTICATED' && error.status === 401
    if (!refused || !(await credential.renews(presented))) throw error
    return post<D>(target, request, await credential.get(), signal)
  }
}
