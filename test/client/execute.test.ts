import { describe, expect, it } from 'vitest'
import { type CredentialFunction, createKeyturnClient, KeyturnClientError } from '../../src/client/client.ts'
import { ApiKeysDocument, CreateApiKeyDocument, KeyByIdDocument, ViewerDocument } from '../../src/client/documents.ts'
import { useApp } from '../support/boot.ts'

const failureOf = async (promise: Promise<unknown>): Promise<KeyturnClientError> => {
  const failure = await promise.then(
    (value) => new Error(`It succeeded: ${JSON.stringify(value)}`),
    (error: unknown) => error,
  )
  if (failure instanceof KeyturnClientError) return failure
  throw failure
}

const answering =
  (status: number, body: string, headers: Record<string, string> = {}): typeof fetch =>
  async () =>
    new Response(body, { status, headers })

describe('execute', () => {
  const app = useApp()
  const clientOf = (credential: string | CredentialFunction) =>
    createKeyturnClient({ url: `${app.url}/graphql`, credential })

  it('returns the data of a generated document, and of text', async () => {
    const client = clientOf(app.ownerSecret)
    const { viewer } = await client.execute(ViewerDocument)
    expect(viewer.organizations.map(({ id }) => id)).toEqual([app.organizationId])
    expect(await client.execute('{ viewer { kind } }')).toEqual({ viewer: { kind: 'USER' } })
  })

  it("throws the server's errors for missing grants, invalid input and an invalid credential", async () => {
    const weak = await app.apiKey({ grants: [{ module: 'keys', role: 'VIEWER' }] })
    const input = { organizationId: app.organizationId, name: 'x', grants: [] }
    const forbidden = await failureOf(clientOf(weak.secret).execute(CreateApiKeyDocument, { input }))
    expect(forbidden).toMatchObject({ code: 'FORBIDDEN', required: ['keys:operator'] })
    expect(forbidden.requestId).toBeTruthy()
    const invalid = await failureOf(clientOf(app.ownerSecret).execute(KeyByIdDocument, { id: 'nonsense' }))
    expect(invalid).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: 'id' }] })
    const refused = await failureOf(clientOf('kt_pk_wrong').execute(ViewerDocument))
    expect(refused).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'MALFORMED', status: 401 })
  })

  it('throws an error with the data of the same response', async () => {
    const weak = await app.apiKey({ grants: [{ module: 'audit', role: 'VIEWER' }] })
    const variables = { organizationId: app.organizationId }
    const failure = await failureOf(clientOf(weak.secret).execute(ApiKeysDocument, variables))
    expect(failure.code).toBe('FORBIDDEN')
    expect(failure.data).toBeDefined()
  })

  it.each([
    [
      'a full database',
      503,
      '{"errors":[{"message":"away","extensions":{"code":"UNAVAILABLE","retryAfterSeconds":7}}]}',
      {},
    ],
    ['a page of a proxy', 503, '<html>', { 'retry-after': '7' }],
    ['a rate', 429, '<html>', { 'retry-after': '7' }],
  ])('states when to retry after %s, and retries nothing itself', async (_, status, body, headers) => {
    let sent = 0
    const answer = answering(status, body, headers)
    const client = createKeyturnClient({
      url: 'http://keyturn.test/graphql',
      credential: 'kt_ak_x',
      fetch: (...request) => {
        sent += 1
        return answer(...request)
      },
    })
    const failure = await failureOf(client.execute(ViewerDocument))
    expect(failure).toMatchObject({
      code: status === 429 ? 'RATE_LIMITED' : 'UNAVAILABLE',
      status,
      retryAfterSeconds: 7,
    })
    expect(sent).toBe(1)
  })

  it('throws NETWORK without a response, and the reason of an abort', async () => {
    const dead = createKeyturnClient({ url: 'http://127.0.0.1:1/graphql', credential: 'kt_ak_x' })
    expect(await failureOf(dead.execute(ViewerDocument))).toMatchObject({ code: 'NETWORK' })
    const reason = new Error('enough')
    const signal = AbortSignal.abort(reason)
    await expect(dead.execute(ViewerDocument, {}, { signal })).rejects.toBe(reason)
  })

  it('calls the credential function for each request, and once more after a rejection', async () => {
    let current = 'kt_pk_wrong'
    const forgotten: string[] = []
    const source: CredentialFunction = () => current
    source.forget = (credential) => {
      forgotten.push(credential)
      current = app.ownerSecret
    }
    const client = clientOf(source)
    expect((await client.execute(ViewerDocument)).viewer.kind).toBe('USER')
    expect(forgotten).toEqual(['kt_pk_wrong'])
  })

  it('rejects a url that is not an endpoint', () => {
    expect(() => createKeyturnClient({ url: 'keys.example.com', credential: 'x' })).toThrow(
      /must be the GraphQL endpoint/,
    )
  })
})
