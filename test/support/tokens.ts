import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose'
import { expect } from 'vitest'
import { AuditEventsDocument, type AuditEventsQuery, type AuditEventType } from '../../src/generated/graphql.ts'
import type { Reader } from '../../src/persistence/database.ts'
import type { TestApp } from './boot.ts'

/** Fields of a form; one with several values is given several times, one that is undefined is left out. */
export type Fields = Readonly<Record<string, string | readonly string[] | undefined>>

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, unknown>
}

/** Who asks: a key by HTTP Basic, a bearer, or nobody. */
export interface Asking {
  readonly basic?: { readonly id: string; readonly secret: string }
  readonly bearer?: string
  readonly headers?: Record<string, string>
}

export const KEY_TYPE = 'urn:keyturn:params:oauth:token-type:key'
export const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token'
export const EXCHANGE_GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange'

export const formOf = (fields: Fields): URLSearchParams => {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(fields))
    for (const one of value === undefined ? [] : [value].flat()) form.append(name, one)
  return form
}

/** RFC 6749 section 2.3.1: both halves form-encoded, then base64. */
export const basicOf = ({ id, secret }: { readonly id: string; readonly secret: string }): string => {
  const encode = (text: string) => new URLSearchParams([['', text]]).toString().slice(1)
  return `Basic ${Buffer.from(`${encode(id)}:${encode(secret)}`).toString('base64')}`
}

export const headersOf = ({ basic, bearer, headers }: Asking): Record<string, string> => ({
  ...(basic === undefined ? {} : { authorization: basicOf(basic) }),
  ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
  ...headers,
})

export const answerOf = async (response: Response): Promise<Answer> => {
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) }
}

export const post = async (app: TestApp, path: string, fields: Fields, asking: Asking = {}): Promise<Answer> =>
  answerOf(await fetch(`${app.url}${path}`, { method: 'POST', body: formOf(fields), headers: headersOf(asking) }))

/** Tests use their tokens at Keyturn's own API unless they name another audience, or `audience: undefined` for the default. */
const forApi = (app: TestApp, fields: Fields): Fields =>
  fields.resource === undefined ? { audience: app.publicUrl, ...fields } : fields

/** What the token endpoint answers to a key by client credentials. */
export const requestToken = (
  app: TestApp,
  key: { readonly id: string; readonly secret: string },
  fields: Fields = {},
): Promise<Answer> =>
  post(app, '/oauth/token', { grant_type: 'client_credentials', ...forApi(app, fields) }, { basic: key })

const tokenIn = ({ status, body }: Answer): string => {
  expect(body).toMatchObject({ access_token: expect.any(String) })
  expect(status).toBe(200)
  return String(body.access_token)
}

/** A token of a key, which must be given. */
export const tokenOf = async (
  app: TestApp,
  key: { readonly id: string; readonly secret: string },
  fields: Fields = {},
): Promise<string> => tokenIn(await requestToken(app, key, fields))

/** What the token endpoint answers to a token exchange of a secret or an access token. */
export const exchange = (app: TestApp, subject: string, fields: Fields = {}): Promise<Answer> =>
  post(app, '/oauth/token', {
    grant_type: EXCHANGE_GRANT,
    subject_token: subject,
    subject_token_type: subject.startsWith('eyJ') ? ACCESS_TOKEN_TYPE : KEY_TYPE,
    ...(subject.startsWith('eyJ') ? fields : forApi(app, fields)),
  })

/** A token by token exchange, which must be given. */
export const exchanged = async (app: TestApp, subject: string, fields: Fields = {}): Promise<string> =>
  tokenIn(await exchange(app, subject, fields))

/** The introspection response for the owner, or for another caller. */
export const introspect = async (
  app: TestApp,
  token: string,
  asking: Asking = { bearer: app.ownerSecret },
): Promise<Record<string, unknown>> => {
  const { status, body } = await post(app, '/oauth/introspect', { token }, asking)
  expect(status).toBe(200)
  return body
}

export const claimsOf = (token: string): JWTPayload & Record<string, unknown> => decodeJwt(token)
export const headerOf = decodeProtectedHeader

type Events = NonNullable<NonNullable<AuditEventsQuery['organization']>['auditEvents']>
export type SeenEvent = Events['edges'][number]['node']

/** The newest events of the organization, newest first. */
export const eventsOf = async (
  app: TestApp,
  filter: { readonly types?: AuditEventType[]; readonly targetId?: string } = {},
  organizationId = app.organizationId,
): Promise<SeenEvent[]> => {
  const { organization } = await app.owner.run(AuditEventsDocument, { organizationId, filter, first: 100 })
  return (organization?.auditEvents?.edges ?? []).map(({ node }) => node)
}

/** The newest event of a kind about something, which must be there. */
export const newestEvent = async (app: TestApp, type: AuditEventType, targetId: string): Promise<SeenEvent> => {
  const [event] = await eventsOf(app, { types: [type], targetId })
  if (event === undefined) throw new Error(`There is no ${type} of ${targetId}.`)
  return event
}

/** The ids of access tokens in the events of a type about them, of all organizations. */
export const tokenIdsIn = async (reader: Reader, type: 'KEY_LEAKED' | 'TOKEN_REVOKED'): Promise<string[]> => {
  const rows = await reader.query<{ details: string }>('SELECT details FROM audit_events WHERE type = ?', [type])
  return rows.flatMap(({ details }) => JSON.parse(details).tokenId ?? []).sort()
}
