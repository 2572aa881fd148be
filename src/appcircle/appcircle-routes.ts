import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Authenticator } from '../access/authenticator.ts'
import { parseBearer } from '../access/bearer.ts'
import { type Caller, causeOf } from '../audit/caller.ts'
import { formOf, NO_STORE, refuseOtherMethods, takeForms } from '../http/form.ts'
import { keyExpiryField } from '../http/key-expiry.ts'
import { originOf } from '../http/request-origin.ts'
import {
  badInput,
  type ErrorCode,
  KeyturnError,
  type UnauthenticatedReason,
  unauthenticated,
} from '../kernel/errors.ts'
import { guidOf, idOfGuid } from '../kernel/ids.ts'
import type { MembersService } from '../memberships/members.service.ts'
import type { OrganizationRow } from '../organizations/organization.entity.ts'
import type { OrganizationQueries } from '../organizations/organization-queries.ts'
import type { IssuedToken } from '../tokens/access-token.ts'
import type { Exchange } from '../tokens/exchange.ts'

/** Status for each failure. Appcircle's clients check the status and display `error`. */
const STATUS = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BAD_USER_INPUT: 400,
  CONFLICT: 409,
  POLICY_VIOLATION: 400,
  LIMIT_REACHED: 400,
  RATE_LIMITED: 429,
  QUERY_TOO_COMPLEX: 400,
  UNAVAILABLE: 503,
} as const satisfies Record<ErrorCode, number>

export interface AppcircleOptions {
  readonly exchange: Exchange
  readonly authenticator: Authenticator
  readonly organizations: OrganizationQueries
  readonly members: MembersService
}

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const NO_ACCESS = 'There is no access to that organization.'
const noAccess = () => new KeyturnError('FORBIDDEN', NO_ACCESS)

/** Registers the routes that Appcircle's CLI and plug-ins use to log in. */
export const registerAppcircle = (server: FastifyInstance, options: AppcircleOptions): void => {
  const { exchange, organizations } = options
  void server.register(async (scope) => {
    takeForms(scope)
    scope.setErrorHandler((failure: Error & { statusCode?: number }, request, reply) => {
      reply.headers(NO_STORE)
      if (failure instanceof KeyturnError) {
        if (failure.code === 'UNAUTHENTICATED') reply.header('www-authenticate', 'Bearer realm="keyturn"')
        if (failure.fields.retryAfterSeconds !== undefined)
          reply.header('retry-after', failure.fields.retryAfterSeconds)
        return reply.status(STATUS[failure.code]).send(errorBody(failure.message, failure.fields.reason))
      }
      const status = failure.statusCode ?? 500
      if (status < 500)
        return reply.status(status).send(errorBody('The body must be application/x-www-form-urlencoded.'))
      request.log.error({ err: failure, requestId: request.id }, 'Request failed')
      return reply.status(500).send(errorBody('Something went wrong on our side.'))
    })

    const personal = (url: string, secretFields: readonly string[], organizationFields: readonly string[]) =>
      scope.post(url, async (request, reply) => {
        const secret = firstField(request, secretFields)
        if (secret === undefined) throw badInput(secretFields.join(' or '), 'is missing')
        const requested = firstField(request, organizationFields)
        const token = await exchange.personalKey(secret, originOf(request), (principal) =>
          requested === undefined
            ? Promise.resolve(principal.organizationId)
            : findBelow(organizations, { principal, cause: causeOf(principal, originOf(request)) }, requested),
        )
        return reply.headers(NO_STORE).send(tokenAnswer(token))
      })
    personal('/auth/v1/token', ['pat', 'personal-access-key'], [])
    personal('/auth/v2/token', ['pat'], ['subOrganization', 'subOrganizationId'])
    personal('/auth/v3/token', ['personalAccessKey'], ['subOrganization'])

    scope.post('/auth/v1/api-key/token', async (request, reply) => {
      const form = formOf(request)
      const name = form.require('name')
      const secret = form.require('secret')
      const guid = form.get('organizationId')
      if (guid !== undefined && !GUID.test(guid))
        throw badInput('organizationId', 'organizationId must be a valid GUID')
      // A GUID that this server did not issue is answered like an organization without access.
      const organizationId = guid === undefined ? undefined : (idOfGuid('organization', guid) ?? guid)
      const token = await exchange.apiKey(name, secret, organizationId, originOf(request))
      return reply.headers(NO_STORE).send(tokenAnswer(token))
    })

    scope.get('/identity/v1/organizations', async (request, reply) => {
      const reachable = await organizations.listReachable(await callerOf(request, options))
      return reply.headers(NO_STORE).send({ data: reachable.map(describe) })
    })

    scope.get<{ Params: { guid: string } }>('/identity/v1/organizations/:guid', async (request, reply) => {
      const caller = await callerOf(request, options)
      const id = idOfGuid('organization', request.params.guid)
      const found = id === null ? undefined : (await organizations.listReachable(caller)).find((one) => one.id === id)
      if (found === undefined) throw new KeyturnError('NOT_FOUND', 'There is no such organization.')
      return reply.headers(NO_STORE).send(describe(found))
    })

    scope.get('/auth/realms/appcircle/protocol/openid-connect/userinfo', async (request, reply) => {
      const { principal } = await callerOf(request, options)
      return reply.headers(NO_STORE).send({
        sub: principal.id,
        email: (await options.members.emailOf(principal)) ?? '',
        name: principal.name,
        currentOrganizationId: guidOf(principal.within ?? principal.organizationId),
      })
    })

    const posts = ['/auth/v1/token', '/auth/v2/token', '/auth/v3/token', '/auth/v1/api-key/token']
    refuseOtherMethods(scope, posts, 'POST', errorBody('Send a POST request.'))
  })
}

const errorBody = (text: string, reason?: UnauthenticatedReason) => ({
  error: text,
  error_description: text,
  ...(reason === undefined ? {} : { reason }),
})

const tokenAnswer = ({ accessToken, expiresIn, keyExpiresAt }: IssuedToken) => ({
  access_token: accessToken,
  token_type: 'Bearer',
  expires_in: expiresIn,
  ...keyExpiryField(keyExpiresAt),
})

const describe = (organization: OrganizationRow) => ({
  id: guidOf(organization.id),
  name: organization.name,
  slug: organization.slug,
  rootOrganizationId: rootOf(organization),
})

const rootOf = ({ ancestorIds }: OrganizationRow): string | null => {
  const root = ancestorIds.at(-1)
  return root === undefined ? null : guidOf(root)
}

const firstField = (request: FastifyRequest, names: readonly string[]): string | undefined =>
  names.map((name) => formOf(request).get(name)).find((value) => value !== undefined)

const callerOf = async (request: FastifyRequest, { authenticator }: AppcircleOptions): Promise<Caller> => {
  const { authorization } = request.headers
  if (authorization === undefined) throw unauthenticated()
  const principal = await authenticator.authenticate(parseBearer(authorization), originOf(request))
  return { principal, cause: causeOf(principal, originOf(request)) }
}

/**
 * Finds a descendant of a key's organization by GUID, else by slug, else by name. The order prevents that a new name hijacks
 * a login by GUID or slug. Throws FORBIDDEN if there is no match, BAD_USER_INPUT if the name is ambiguous.
 */
const findBelow = async (organizations: OrganizationQueries, caller: Caller, requested: string): Promise<string> => {
  const below = await organizations.listTree(caller, caller.principal.organizationId)
  const id = idOfGuid('organization', requested)
  const name = requested.normalize('NFC').trim()
  const matchers = [
    (one: OrganizationRow) => one.id === id,
    (one: OrganizationRow) => one.slug === requested,
    (one: OrganizationRow) => one.name === name,
  ]
  const matches = matchers.map((matcher) => below.filter(matcher)).find((found) => found.length > 0) ?? []
  const [match] = matches
  if (match === undefined) throw noAccess()
  if (matches.length > 1) throw badInput('subOrganization', 'matches several organizations: send the GUID instead')
  return match.id
}
