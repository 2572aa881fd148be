import { type AuthFailure, AuthScopeFailureType, type ForbiddenResult } from '@pothos/plugin-scope-auth'
import { type Permission, requiredGrant } from '../access/permissions.ts'
import type { Principal } from '../access/principal.ts'
import { forbidden, notFound, unauthenticated } from '../kernel/errors.ts'
import { andThen, type MaybePromise } from '../kernel/maybe-promise.ts'
import type { GraphQLContext, Services } from './context.ts'

/** A permission, and the organization in which it must be held. */
export interface Need {
  readonly permission: Permission
  readonly in: string
}

/**
 * What a type or field may require of its reader. Features add scopes to this interface (`declare module`) and decide them
 * with `defineScope`. The rights themselves are the role table's, see access/permissions.ts.
 */
export interface AuthScopes {
  /** Open to everybody, without any credential. */
  anyone: boolean
  /** Open to whoever is known to call; the service behind it decides the rest. */
  caller: boolean
  /** Open to those who belong to the organization, or to one above it. */
  sees: string
  /** Open to those who hold the permission. */
  may: Need
}

type Scopes = { readonly [Name in keyof AuthScopes]: AuthScopes[Name] }

/** How a scope is decided for a caller who is known; it is closed to all others. */
export interface Scope<Parameter> {
  decide(principal: Principal, parameter: Parameter, services: Services): MaybePromise<boolean>
  /** The grants that would open it, for the error of a refused field; none where no grant does. */
  required(parameter: Parameter): readonly string[]
}

const scopes = new Map<string, Scope<unknown>>()

/** Decides a scope of `AuthScopes`. A scope that nobody defined is closed. */
export const defineScope = <Name extends keyof AuthScopes>(name: Name, scope: Scope<Scopes[Name]>): void => {
  if (scopes.has(name)) throw new Error(`The scope ${name} is defined twice.`)
  scopes.set(name, scope)
}

defineScope('caller', { decide: () => true, required: () => [] })

defineScope('sees', {
  decide: (who, organizationId, { access }) => andThen(access.requireVisible(who, organizationId), () => true),
  required: () => [],
})

defineScope('may', {
  // Another tenant's organization does not exist for the caller: that is said here, before anything is forbidden.
  decide: (who, need, { access }) =>
    andThen(access.requireVisible(who, need.in), () => access.may(who, need.permission, need.in)),
  required: ({ permission }) => [requiredGrant(permission)],
})

type ScopeLoaders = { [Name in keyof AuthScopes]: boolean | ((parameter: AuthScopes[Name]) => MaybePromise<boolean>) }

/** How each scope is decided for an operation. */
export const scopeLoaders = (context: GraphQLContext): ScopeLoaders => {
  const loaders: Record<string, ScopeLoaders[keyof AuthScopes]> = { anyone: true }
  for (const [name, { decide }] of scopes)
    loaders[name] = (parameter: unknown) =>
      context.principal === null ? false : decide(context.principal, parameter, context.services)
  return loaders as ScopeLoaders
}

/** The error of a refused field: who is not known must say who they are, who is known is told which grant is missing. */
export const refusal = (_parent: unknown, context: GraphQLContext, _info: unknown, result: ForbiddenResult): Error => {
  if (context.principal === null) return unauthenticated()
  const required = [...new Set(requiredOf(result.failure))]
  return required.length === 0 ? notFound('object') : forbidden(required)
}

const requiredOf = (failure: AuthFailure): readonly string[] => {
  switch (failure.kind) {
    case AuthScopeFailureType.AuthScope:
      return scopes.get(failure.scope)?.required(failure.parameter) ?? []
    case AuthScopeFailureType.AnyAuthScopes:
    case AuthScopeFailureType.AllAuthScopes:
      return failure.failures.flatMap(requiredOf)
    default:
      return []
  }
}
