import type { InterfaceRef, ObjectRef } from '@pothos/core'
import type { Page } from '../kernel/page.ts'
import { builder } from './builder.ts'
import type { PriceExtension } from './field-prices.ts'

interface Edge {
  readonly cursor: string
  readonly node: unknown
}

/** A page of a list that can count all of its items. */
type CountedPage<T> = Page<T> & { readonly countAll?: () => Promise<number> }

interface PageInfo {
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
  readonly startCursor: string | null
  readonly endCursor: string | null
}

type SchemaTypes = typeof builder extends PothosSchemaTypes.SchemaBuilder<infer Types> ? Types : never
type NodeTypeRef<T> = ObjectRef<SchemaTypes, T> | InterfaceRef<SchemaTypes, T>

const PageInfoRef = builder.objectRef<PageInfo>('PageInfo').implement({
  description: 'Position of a page in its list.',
  partOfParent: true,
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', { description: 'Whether the list has items after the page.' }),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage', { description: 'Whether the list has items before the page.' }),
    startCursor: t.exposeString('startCursor', {
      description: 'Cursor of the first item. Null if the page is empty.',
      nullable: true,
    }),
    endCursor: t.exposeString('endCursor', {
      description: 'Cursor of the last item. Null if the page is empty.',
      nullable: true,
    }),
  }),
})

const pageInfoOf = <T>({ items, hasNextPage, hasPreviousPage, cursorOf }: Page<T>): PageInfo => {
  const [first] = items
  const last = items.at(-1)
  return {
    hasNextPage,
    hasPreviousPage,
    startCursor: first === undefined ? null : cursorOf(first),
    endCursor: last === undefined ? null : cursorOf(last),
  }
}

const edgesOf = <T>({ items, cursorOf }: Page<T>): Edge[] => items.map((node) => ({ cursor: cursorOf(node), node }))

const createEdge = (name: string, what: string, node: NodeTypeRef<unknown>) =>
  builder.objectRef<Edge>(`${name}Edge`).implement({
    description: `An item in a list of ${what}.`,
    partOfParent: true,
    fields: (t) => ({
      cursor: t.exposeString('cursor', { description: 'Position of the item, for `after` and `before`.' }),
      node: t.field({ type: node, description: 'The item.', resolve: (edge) => edge.node }),
    }),
  })

/** Creates the connection type of a list, per the GraphQL Cursor Connections Specification. */
export const createConnection = <T, P extends Page<T> = Page<T>>(name: string, what: string, node: NodeTypeRef<T>) => {
  const EdgeRef = createEdge(name, what, node)
  return builder.objectRef<P>(`${name}Connection`).implement({
    description: `A page of ${what}.`,
    partOfParent: true,
    fields: (t) => ({
      edges: t.field({
        type: [EdgeRef],
        description: 'The items of the page with their cursors.',
        resolve: (page) => edgesOf(page),
      }),
      pageInfo: t.field({
        type: PageInfoRef,
        description: 'Position of the page in the list.',
        resolve: (page) => pageInfoOf(page),
      }),
    }),
  })
}

/** Like `createConnection`, with `totalCount`. */
export const createCountedConnection = <T>(name: string, what: string, node: NodeTypeRef<T>) => {
  const ConnectionRef = createConnection<T, CountedPage<T>>(name, what, node)
  builder.objectField(ConnectionRef, 'totalCount', (t) =>
    t.int({
      description: 'Number of items in the whole list.',
      // It counts every row that the filter matches, whatever the page size.
      extensions: { price: 20 } satisfies PriceExtension,
      resolve: (page) => page.countAll?.() ?? page.items.length,
    }),
  )
  return ConnectionRef
}

/** The paging arguments of every list. */
export const pagingArgs = builder.args((t) => ({
  first: t.int({
    description:
      'Number of items to return from the start of the list, or after `after`: 1 to 100. The default is 20 if neither `first` nor `last` is set.',
  }),
  after: t.string({ description: 'Returns items after this cursor. Cannot be combined with `last`.' }),
  last: t.int({
    description: 'Number of items to return from the end of the list, or before `before`: 1 to 100.',
  }),
  before: t.string({ description: 'Returns items before this cursor. Requires `last`.' }),
}))
