import '../audit/audit.graphql.ts'
import '../organizations/organizations.graphql.ts'
import '../memberships/members.graphql.ts'
import '../keys/keys.graphql.ts'
import '../keys/lifecycle/key-mutations.graphql.ts'
import '../keys/policy.graphql.ts'
import '../keys/viewer.graphql.ts'
import '../onboarding/invitations.graphql.ts'
import '../onboarding/remove-member.graphql.ts'
import '../expiry/expiry.graphql.ts'
import '../tokens/tokens.graphql.ts'
import { type GraphQLSchema, isInterfaceType, isIntrospectionType, isObjectType } from 'graphql'
import { countAnswers } from '../schema-kit/answer-size.ts'
import { builder } from '../schema-kit/builder.ts'

/** Fields, as `Type.field`, that do not say who may read them. There must be none. */
export const fieldsWithoutAuthScopes = (checked: GraphQLSchema): string[] =>
  Object.values(checked.getTypeMap()).flatMap((type) => {
    if (isIntrospectionType(type) || !(isObjectType(type) || isInterfaceType(type))) return []
    return Object.values(type.getFields()).flatMap((field) => {
      const options = field.extensions.pothosOptions as { readonly authScopes?: unknown } | undefined
      const { authScopes } = options ?? {}
      const states =
        typeof authScopes === 'function' ||
        (typeof authScopes === 'object' && authScopes !== null && Object.keys(authScopes).length > 0)
      return states ? [] : [`${type.name}.${field.name}`]
    })
  })

/** Refuses a schema with a field that does not say who may read it: what is not opened is closed. */
const closed = (built: GraphQLSchema): GraphQLSchema => {
  const open = fieldsWithoutAuthScopes(built)
  if (open.length > 0) throw new Error(`These fields state no authScopes: ${open.join(', ')}`)
  return built
}

export const schema: GraphQLSchema = countAnswers(closed(builder.toSchema()))
