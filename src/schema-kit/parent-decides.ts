import SchemaBuilder, { BasePlugin, type SchemaTypes } from '@pothos/core'
import { type GraphQLObjectType, type GraphQLSchema, isIntrospectionType, isObjectType } from 'graphql'

declare global {
  export namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      parentDecides: ParentDecidesPlugin<Types>
    }

    interface ObjectTypeOptions<Types extends SchemaTypes, Shape> {
      /** The type has no rule of its own: whoever may read the field that leads to an object may read the object. */
      partOfParent?: true
    }
  }
}

interface Stated {
  readonly authScopes?: unknown
  readonly partOfParent?: true
}

/** An empty rule states nothing, and would open what it stands at. */
const states = (authScopes: unknown): boolean =>
  typeof authScopes === 'function' ||
  (typeof authScopes === 'object' && authScopes !== null && Object.keys(authScopes).length > 0)

const statedAt = ({ extensions }: Pick<GraphQLObjectType, 'extensions'>): Stated =>
  (extensions.pothosOptions as Stated | undefined) ?? {}

/** What a schema leaves open: `Type` without a rule, `Type.field` without one where it needs one. */
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
 * A field of an object is read by whoever may read the object, unless it states a narrower rule. So that nothing is open by
 * omission, the schema is refused where an object type states neither who may read it (`authScopes`) nor that its parent
 * decides (`partOfParent`), or both, and where a field of Query, Mutation or Subscription states no rule.
 */
class ParentDecidesPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override afterBuild(schema: GraphQLSchema): GraphQLSchema {
    const missing = missingRules(schema)
    if (missing.length > 0)
      throw new Error(
        `These state no rule for their readers: ${missing.join(', ')}. A type needs authScopes or partOfParent, a root field authScopes.`,
      )
    return schema
  }
}

// A module that is loaded anew in one process, as test runners do, registers its plugin anew.
SchemaBuilder.allowPluginReRegistration = true
SchemaBuilder.registerPlugin('parentDecides', ParentDecidesPlugin)
