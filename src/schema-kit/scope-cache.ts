import type { SchemaTypes } from '@pothos/core'
import { RequestCache } from '@pothos/plugin-scope-auth'
import type { GraphQLContext } from './context.ts'

/**
 * Keeps the scopes of an operation in its context. The plugin has a WeakMap for them, whose values V8 keeps beyond a young
 * collection: everything that an operation refers to, its request included, became garbage of the old generation.
 */
RequestCache.fromContext = <Types extends SchemaTypes>(
  context: Types['Context'],
  builder: PothosSchemaTypes.SchemaBuilder<Types>,
): RequestCache<Types> => {
  const { caches } = context as GraphQLContext
  const known = caches.get(builder)
  if (known !== undefined) return known as RequestCache<Types>
  const made = new RequestCache<Types>(builder, context)
  caches.set(builder, made)
  return made
}
RequestCache.clearForContext = (context) => (context as GraphQLContext).caches.clear()
