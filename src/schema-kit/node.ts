import { badInput } from '../kernel/errors.ts'
import { type IdKind, kindOfId } from '../kernel/ids.ts'
import { builder } from './builder.ts'
import type { GraphQLContext } from './context.ts'

interface NodeShape {
  readonly id: string
}

/** Finds an object by its id for a caller; throws NOT_FOUND, FORBIDDEN as its root path does. */
export interface NodeType {
  /** Name of the GraphQL type of an object that was found. */
  readonly typeOf: (node: NodeShape) => string
  readonly find: (id: string, context: GraphQLContext) => Promise<NodeShape>
}

const nodeTypes = new Map<IdKind, NodeType>()

/** Makes a kind of id known to `node(id:)`. */
export const registerNode = (kind: IdKind, type: NodeType): void => {
  nodeTypes.set(kind, type)
}

const nodeTypeOf = (id: string): NodeType => {
  const kind = kindOfId(id)
  const type = kind === null ? undefined : nodeTypes.get(kind)
  if (type === undefined)
    throw badInput('id', 'is no id of an object here: it begins with what it names, like key_ or org_')
  return type
}

export const NodeRef = builder.interfaceRef<NodeShape>('Node').implement({
  description: 'An object that has an id and can be found again by it.',
  resolveType: (node) => nodeTypeOf(node.id).typeOf(node),
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Says what the object is and which; grants nothing and is no secret.' }),
  }),
})

builder.queryField('node', (t) =>
  t.field({
    type: NodeRef,
    nullable: true,
    description: 'Any object by its id, as far as the caller may reach it.',
    args: { id: t.arg.id({ required: true, description: 'Id of the object.' }) },
    authScopes: { caller: true },
    resolve: (_, { id }, context) => nodeTypeOf(id).find(id, context),
  }),
)
