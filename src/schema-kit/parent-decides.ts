import SchemaBuilder, { BasePlugin, type SchemaTypes } from '@pothos/core'
import { type GraphQLObjectType, type GraphQLSchema, isIntrospectionType, isObjectType } from 'graphql'

declare global {
  export namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      parentDecides: ParentDecidesPlugin<Types>
    }

    interface ObjectTypeOptions<Types extends SchemaTypes, Shape> {
      /** The type has no rule of its own: a caller who may read the field that returns an object may read the object. */
      partOfParent?: true
    }
  }
}

interface Stated {
  readonly authScopes?: unknown
  readonly partOfParent?: true
}

/** Whether a rule states something. An empty one would allow everybody. */
const states = (authScopes: unknown): boolean =>
  typeof authScopes === 'function' ||
  (typeof authScopes === 'object' && authScopes !== null && Object.keys(authScopes).length > 0)

const statedAt = ({ extensions }: Pick<GraphQLObjectType, 'extensions'>): Stated =>
  (extensions.pothosOptions as Stated | undefined) ?? {}

/** The types (`Type`) and fields (`Type.field`) of a schema that need an authorization rule and have none. */
export const missingRules = (schema: GraphQLSchema): string[] => {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  const types = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) && !isIntrospectionType(type))
  return types.filter(isObjectType).flatMap((type) => {
    const isRoot = roots.includes(type)
    const { authScopes, partOfParent } = statedAt(type)
    const typeIsOpen = !isRoot && states(authScopes) === (partOfParent === true)
    const fields = Object.values(type.getFields()).filter((field) => {
      const stated = statedAt(field)
      return isRoot || stated.authScopes !== undefined ? !states(stated.authScopes) : false
    })
    return [...(typeIsOpen ? [type.name] : []), ...fields.map((field) => `${type.name}.${field.name}`)]
  })
}

/**
 * Rejects a schema that is open by omission: each object type states either `authScopes` or `partOfParent`, and each field of
 * Query, Mutation and Subscription states `authScopes`. A field of an object inherits the rule of its type, and may narrow it.
 */
class ParentDecidesPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override afterBuild(schema: GraphQLSchema): GraphQLSchema {
    const missing = missingRules(schema)
    if (missing.length > 0)
      throw new Error(
        `These have no authorization rule: ${missing.join(', ')}. A type needs authScopes or partOfParent, a root field needs authScopes.`,
      )
    return schema
  }
}

// A test runner may load the module again in the same process.
SchemaBuilder.allowPluginReRegistration = true
SchemaBuilder.registerPlugin('parentDecides', ParentDecidesPlugin)
