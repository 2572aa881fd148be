import { type AuthFailure, AuthScopeFailureType, type ForbiddenResult } from '@pothos/plugin-scope-auth'
import { type Permission, requiredGrant } from '../access/permissions.ts'
import type { Principal } from '../access/principal.ts'
import { forbidden, notFound, unauthenticated } from '../kernel/errors.ts'
import { andThen, type MaybePromise } from '../kernel/maybe-promise.ts'
import type { KeyRow } from '../keys/key.entity.ts'
import type { GraphQLContext } from './context.ts'

/** A permission, and the organization in which it must be held. */
export interface Need {
  readonly permission: Permission
  readonly in: string
}

/**
 * What a type or field may ask of its reader. Every field states one; what it states is all that opens it.
 * The rights themselves are the role table's, see access/permissions.ts.
 */
export interface AuthScopes {
  /** Open to everybody, without any credential. */
  anyone: boolean
  /** Open to whoever is known to call; the service behind it decides the rest. */
  caller: boolean
  /** Open to whoever may read the object that the field is of: the object's type has decided that. */
  object: boolean
  /** Open to those who belong to the organization, or to one above it. */
  sees: string
  /** Open to those who hold the permission. */
  may: Need
  /** Open to those who may read the key. */
  readsKey: KeyRow
  /** Open to those who hold the permission over the key, and to the owner of a personal key. */
  mayOfKey: { readonly key: KeyRow; readonly permission: Permission }
  /** Open to the user, and to those who read the members of an organization that the user belongs to. */
  readsUser: string
}

/** How each scope is decided for an operation. */
export const scopeLoaders = (context: GraphQLContext) => {
  const { services } = context
  const known =
    <Parameter>(decide: (principal: Principal, parameter: Parameter) => MaybePromise<boolean>) =>
    (parameter: Parameter) =>
      context.principal === null ? false : decide(context.principal, parameter)
  return {
    anyone: true,
    object: true,
    caller: () => context.principal !== null,
    sees: known((who, organizationId: string) => {
      return andThen(services.access.requireVisible(who, organizationId), () => true)
    }),
    // Another tenant's organization does not exist for the caller: that is said here, before anything is forbidden.
    may: known((who, need: Need) => {
      const visible = services.access.requireVisible(who, need.in)
      return andThen(visible, () => services.access.may(who, need.permission, need.in))
    }),
    readsKey: known((who, key: KeyRow) => services.keyAccess.mayRead(who, key)),
    mayOfKey: known((who, { key, permission }: AuthScopes['mayOfKey']) =>
      services.keyAccess.mayReadField(who, key, permission),
    ),
    readsUser: known((who, userId: string) => services.members.mayMeet(who, userId)),
  }
}

/** The error of a refused field: who is not known must say who they are, who is known is told which grant is missing. */
export const refusal = (_parent: unknown, context: GraphQLContext, _info: unknown, result: ForbiddenResult): Error => {
  if (context.principal === null) return unauthenticated()
  const required = [...new Set(requiredOf(result.failure))]
  return required.length === 0 ? notFound('object') : forbidden(required)
}

const requiredOf = (failure: AuthFailure): string[] => {
  switch (failure.kind) {
    case AuthScopeFailureType.AuthScope:
      return requiredOfScope(failure.scope as keyof AuthScopes, failure.parameter)
    case AuthScopeFailureType.AnyAuthScopes:
    case AuthScopeFailureType.AllAuthScopes:
      return failure.failures.flatMap(requiredOf)
    default:
      return []
  }
}

const requiredOfScope = (scope: keyof AuthScopes, parameter: unknown): string[] => {
  switch (scope) {
    case 'may':
    case 'mayOfKey':
      return [requiredGrant((parameter as { readonly permission: Permission }).permission)]
    case 'readsKey':
      return [requiredGrant((parameter as KeyRow).kind === 'API_KEY' ? 'readKeys' : 'readPersonalKeys')]
    case 'readsUser':
      return [requiredGrant('readMembers')]
    default:
      return []
  }
}
