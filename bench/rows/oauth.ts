import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { httpContestant } from '../harness/http-contestant.ts'
import type { HttpRequest } from '../harness/http-load.ts'
import { createKey, IN_MODULES, newFolder, startKeyturn, startServer } from '../harness/keyturn.ts'
import type { Contestant } from '../harness/rounds.ts'
import type { RatioRow, RowContext } from '../harness/row.ts'

const formRequest = (url: string, form: Record<string, string>, headers: Record<string, string> = {}): HttpRequest => ({
  url,
  headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  body: new URLSearchParams(form).toString(),
})

const post = async ({ url, headers, body }: HttpRequest) => {
  const response = await fetch(url, { method: 'POST', headers, body })
  return (await response.json()) as { readonly access_token: string; readonly active: boolean }
}

/** A resource server and a client, each by a key of its own. */
const openKeyturn = async (context: RowContext, args?: readonly string[]) => {
  const keyturn = await startKeyturn(context, args === undefined ? {} : { args })
  const grants = [{ module: 'tokens', role: 'VIEWER' }]
  const caller = await createKey(keyturn, { name: 'resource server', grants })
  const client = await createKey(keyturn, { name: 'client', grants })
  const credentials = { grant_type: 'client_credentials', client_id: client.id, client_secret: client.secret }
  const tokenRequest = formRequest(`${keyturn.url}/oauth/token`, credentials)
  const authorization = `Basic ${Buffer.from(`${caller.id}:${caller.secret}`).toString('base64')}`
  const introspection = (token: string) => formRequest(`${keyturn.url}/oauth/introspect`, { token }, { authorization })
  return { ...keyturn, caller, client, authorization, tokenRequest, introspection }
}

const oidcClient = { client_id: 'bench', client_secret: 'a-secret-of-the-benchmark-alone' }

const openOidcProvider = (context: RowContext, accessTokenFormat: 'jwt' | 'opaque') =>
  startServer(context, 'oidc-provider.mjs', {
    accessTokenFormat,
    clientId: oidcClient.client_id,
    clientSecret: oidcClient.client_secret,
  })

const oidcTokenRequest = (url: string) =>
  formRequest(`${url}/token`, { grant_type: 'client_credentials', scope: 'build', ...oidcClient })

const oidcIntrospection = async (context: RowContext): Promise<Contestant> => {
  const { server, url } = await openOidcProvider(context, 'opaque')
  const { access_token: token } = await post(oidcTokenRequest(url))
  const request = formRequest(`${url}/token/introspection`, { token, ...oidcClient })
  if (!(await post(request)).active) throw new Error('oidc-provider does not know its own token.')
  return httpContestant('oidc-provider', server, request)
}

/** Keyturn, and a bare server that gives the same answer to the same request. */
const openIntrospection = async (context: RowContext, what: 'secret' | 'token') => {
  const keyturn = await openKeyturn(context)
  const token = what === 'secret' ? keyturn.client.secret : (await post(keyturn.tokenRequest)).access_token
  const request = keyturn.introspection(token)
  const subject = await httpContestant('Keyturn', keyturn.server, request)
  const bare = await startServer(context, 'bare-introspection.mjs', {
    callerSecret: keyturn.caller.secret,
    token,
    answer: subject.answer,
  })
  const limit = await httpContestant('bare', bare.server, { ...request, url: bare.url })
  if (!isDeepStrictEqual(subject.answer, limit.answer)) throw new Error('The bare server answers differently.')
  return [subject, limit]
}

const betterAuth = async (context: RowContext, storage: 'default' | 'wal' | 'memory'): Promise<Contestant> => {
  const { server, url } = await startServer(context, 'better-auth.mjs', { storage, directory: newFolder(context) })
  const request = {
    url,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key: server.find(/^key (\S+)/) }),
  }
  return httpContestant(`better-auth, ${storage}`, server, request)
}

const decode = (part: string | undefined): { readonly [claim: string]: unknown } =>
  JSON.parse(Buffer.from(part ?? '', 'base64url').toString())

/** Not a goal: what the durable event costs. */
const withoutEvents = async (context: RowContext): Promise<Contestant> => {
  const preload = join(import.meta.dirname, '../servers/without-events.mjs')
  const { server, tokenRequest } = await openKeyturn(context, ['--import', preload, IN_MODULES])
  return httpContestant('Keyturn without the event', server, tokenRequest)
}

const openTokens = async (context: RowContext) => {
  const keyturn = await openKeyturn(context)
  const answer = await post(keyturn.tokenRequest)
  const [header, claims] = answer.access_token.split('.').map((part, index) => (index < 2 ? decode(part) : {}))
  const bare = await startServer(context, 'bare-token.mjs', { header, claims, answer })
  const oidc = await openOidcProvider(context, 'jwt')
  return [
    await httpContestant('Keyturn', keyturn.server, keyturn.tokenRequest),
    await httpContestant('bare', bare.server, { ...keyturn.tokenRequest, url: bare.url }),
    await httpContestant('oidc-provider', oidc.server, oidcTokenRequest(oidc.url)),
    ...(context.quick ? [] : [await withoutEvents(context)]),
  ]
}

export const OAUTH_ROWS: readonly RatioRow[] = [
  {
    kind: 'ratio',
    id: 'introspect-secret',
    title: 'introspect a secret',
    goals: [
      { peer: 'bare', atLeast: 0.75 },
      { peer: 'oidc-provider', atLeast: 4 },
      { peer: 'better-auth, wal', atLeast: 15 },
      { peer: 'better-auth, memory', atLeast: 4 },
    ],
    open: async (context) => [
      ...(await openIntrospection(context, 'secret')),
      await oidcIntrospection(context),
      await betterAuth(context, 'wal'),
      await betterAuth(context, 'memory'),
      ...(context.quick ? [] : [await betterAuth(context, 'default')]),
    ],
  },
  {
    kind: 'ratio',
    id: 'introspect-token',
    title: 'introspect an access token',
    goals: [
      { peer: 'bare', atLeast: 0.75 },
      { peer: 'oidc-provider', atLeast: 4 },
    ],
    open: async (context) => [...(await openIntrospection(context, 'token')), await oidcIntrospection(context)],
  },
  {
    kind: 'ratio',
    id: 'issue-token',
    title: 'issue an access token, ES256, with its event',
    goals: [
      { peer: 'bare', atLeast: 0.6 },
      { peer: 'oidc-provider', atLeast: 2.2 },
    ],
    open: openTokens,
  },
]
