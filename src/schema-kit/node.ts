import { badInput } from '../kernel/errors.ts'
import { type IdKind, kindOfId } from '../kernel/ids.ts'
import type { MaybePromise } from '../kernel/maybe-promise.ts'
import { builder } from './builder.ts'
import type { GraphQLContext } from './context.ts'

interface NodeShape {
  readonly id: string
}

/** How `node(id:)` finds objects of one kind. */
export interface NodeType {
  /** Name of the GraphQL type of a found object. */
  readonly typeOf: (node: NodeShape) => string
  /** Finds an object for the caller, through a service that checks the caller. Throws NOT_FOUND, FORBIDDEN. */
  readonly find: (id: string, context: GraphQLContext) => MaybePromise<NodeShape>
}

const nodeTypes = new Map<IdKind, NodeType>()

/** Registers a kind of id for `node(id:)`. */
export const registerNode = (kind: IdKind, type: NodeType): void => {
  nodeTypes.set(kind, type)
}

const nodeTypeOf = (id: string): NodeType => {
  const kind = kindOfId(id)
  const type = kind === null ? undefined : nodeTypes.get(kind)
  if (type === undefined)
    throw badInput('id', 'must be the id of an object: a prefix such as key_ or org_, and 32 hex digits')
  return type
}

export const NodeRef = builder.interfaceRef<NodeShape>('Node').implement({
  description: 'An object with a globally unique id.',
  resolveType: (node) => nodeTypeOf(node.id).typeOf(node),
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Globally unique id. It is not a secret and grants no access.' }),
  }),
})

builder.queryField('node', (t) =>
  t.field({
    type: NodeRef,
    nullable: true,
    description: 'An object by its id, if the caller may read it.',
    args: { id: t.arg.id({ required: true, description: 'Id of the object.' }) },
    authScopes: { caller: true },
    resolve: (_, { id }, context) => nodeTypeOf(id).find(id, context),
  }),
)
