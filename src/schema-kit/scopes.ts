import { type AuthFailure, AuthScopeFailureType, type ForbiddenResult } from '@pothos/plugin-scope-auth'
import { type Permission, requiredGrant } from '../access/permissions.ts'
import type { Principal } from '../access/principal.ts'
import { forbidden, notFound, unauthenticated } from '../kernel/errors.ts'
import { andThen, type MaybePromise } from '../kernel/maybe-promise.ts'
import type { GraphQLContext, Services } from './context.ts'

/** A permission, and the organization in which the caller must have it. */
export interface RequiredPermission {
  readonly permission: Permission
  readonly in: string
}

/** An authorization rule of a feature for one object. */
export interface Rule {
  readonly decide: (principal: Principal, services: Services) => MaybePromise<boolean>
  /** The grants that would satisfy the rule, for the error of a refused field; empty if no grant does. */
  readonly required: readonly string[]
}

/** What a type or field may require of the caller. The permissions themselves are in access/permissions.ts. */
export interface AuthScopes {
  /** Allows every caller, also without a credential. */
  anyone: boolean
  /** Allows every authenticated caller. The service behind the field decides the rest. */
  caller: boolean
  /** Allows callers who belong to the organization or to one of its ancestors. */
  sees: string
  /** Allows callers who have the permission. */
  may: RequiredPermission
  /** Allows callers whom the rule allows. */
  rule: Rule
}

type ScopeLoaders = { [Name in keyof AuthScopes]: boolean | ((parameter: AuthScopes[Name]) => MaybePromise<boolean>) }

/** Decides each scope for one operation. All scopes but `anyone` refuse an unauthenticated caller. */
export const scopeLoaders = (context: GraphQLContext): ScopeLoaders => {
  const { services } = context
  const { access } = services
  // Read for each field: a mutation can change the principal of the rest of its operation, see continueAs.
  const whenKnown = (decide: (principal: Principal) => MaybePromise<boolean>) =>
    context.principal === null ? false : decide(context.principal)
  return {
    anyone: true,
    caller: () => whenKnown(() => true),
    sees: (organizationId) => whenKnown((who) => andThen(access.requireVisible(who, organizationId), () => true)),
    // NOT_FOUND first: another tenant's organization must not be FORBIDDEN.
    may: ({ permission, in: organizationId }) =>
      whenKnown((who) =>
        andThen(access.requireVisible(who, organizationId), () => access.may(who, permission, organizationId)),
      ),
    rule: (rule) => whenKnown((who) => rule.decide(who, services)),
  }
}

/** The error of a refused field: UNAUTHENTICATED, FORBIDDEN with the required grants, or NOT_FOUND if no grant would help. */
export const refusal = (_parent: unknown, context: GraphQLContext, _info: unknown, result: ForbiddenResult): Error => {
  if (context.principal === null) return unauthenticated()
  const required = [...new Set(requiredOf(result.failure))]
  return required.length === 0 ? notFound('object') : forbidden(required)
}

const requiredOf = (failure: AuthFailure): readonly string[] => {
  switch (failure.kind) {
    case AuthScopeFailureType.AuthScope:
      return grantsOf(failure.parameter)
    case AuthScopeFailureType.AnyAuthScopes:
    case AuthScopeFailureType.AllAuthScopes:
      return failure.failures.flatMap(requiredOf)
    default:
      return []
  }
}

/** The grants that would satisfy a scope with this parameter. */
const grantsOf = (parameter: unknown): readonly string[] => {
  if (typeof parameter !== 'object' || parameter === null) return []
  const { permission, required } = parameter as Partial<RequiredPermission & Rule>
  return required ?? (permission === undefined ? [] : [requiredGrant(permission)])
}
