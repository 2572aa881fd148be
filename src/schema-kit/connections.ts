import type { InterfaceRef, ObjectRef } from '@pothos/core'
import type { Page } from '../kernel/page.ts'
import { builder } from './builder.ts'
import type { PriceExtension } from './field-prices.ts'

interface Edge<T> {
  readonly cursor: string
  readonly node: T
}
type Countable<T> = Page<T> & { readonly countAll?: () => Promise<number> }
interface PageInfo {
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
  readonly startCursor: string | null
  readonly endCursor: string | null
}

const PageInfoRef = builder.objectRef<PageInfo>('PageInfo').implement({
  description: 'Where a page stands in its list.',
  partOfParent: true,
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', { description: 'Whether the list goes on behind the page.' }),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage', {
      description: 'Whether the list has something before the page.',
    }),
    startCursor: t.exposeString('startCursor', {
      description: 'Cursor of the first item of the page.',
      nullable: true,
    }),
    endCursor: t.exposeString('endCursor', {
      description: 'Cursor of the last item of the page.',
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

const edgesOf = <T>({ items, cursorOf }: Page<T>): Edge<T>[] => items.map((node) => ({ cursor: cursorOf(node), node }))

const createEdge = <T>(name: string, what: string, node: ObjectRef<PothosTypes, T> | InterfaceRef<PothosTypes, T>) =>
  builder.objectRef<Edge<T>>(`${name}Edge`).implement({
    description: `A place in a list of ${what}.`,
    partOfParent: true,
    fields: (t) => ({
      cursor: t.exposeString('cursor', {
        description: 'Where the item stands in its list: good for after and before.',
      }),
      node: t.field({
        type: node,
        description: 'The item.',
        resolve: (edge) => edge.node as never,
      }),
    }),
  })

type PothosTypes = typeof builder extends PothosSchemaTypes.SchemaBuilder<infer Types> ? Types : never

/** The connection type of a list (Relay's cursor connections). */
export const createConnection = <T>(
  name: string,
  what: string,
  node: ObjectRef<PothosTypes, T> | InterfaceRef<PothosTypes, T>,
) => {
  const EdgeRef = createEdge(name, what, node)
  return builder.objectRef<Page<T>>(`${name}Connection`).implement({
    description: `A page of ${what}.`,
    partOfParent: true,
    fields: (t) => ({
      edges: t.field({
        type: [EdgeRef],
        description: 'The items of the page, each with its cursor.',
        resolve: edgesOf,
      }),
      pageInfo: t.field({
        type: PageInfoRef,
        description: 'Where the page stands in its list.',
        resolve: pageInfoOf,
      }),
    }),
  })
}

/** The same, of a list that can say how many items it has in all. */
export const createCountedConnection = <T>(
  name: string,
  what: string,
  node: ObjectRef<PothosTypes, T> | InterfaceRef<PothosTypes, T>,
) => {
  const EdgeRef = createEdge(name, what, node)
  return builder.objectRef<Countable<T>>(`${name}Connection`).implement({
    description: `A page of ${what}.`,
    partOfParent: true,
    fields: (t) => ({
      edges: t.field({
        type: [EdgeRef],
        description: 'The items of the page, each with its cursor.',
        resolve: edgesOf,
      }),
      pageInfo: t.field({
        type: PageInfoRef,
        description: 'Where the page stands in its list.',
        resolve: pageInfoOf,
      }),
      totalCount: t.int({
        description: 'How many items the whole list has.',
        // Counts every row that the filter finds, however small the page is.
        extensions: { price: 20 } satisfies PriceExtension,
        resolve: (page) => page.countAll?.() ?? page.items.length,
      }),
    }),
  })
}

/** The paging arguments that every list takes. */
export const pagingArgs = builder.args((t) => ({
  first: t.int({
    description:
      'So many items from the beginning, or behind after: 1 to 100. 20 where neither first nor last is given.',
  }),
  after: t.string({ description: 'Cursor to go on behind; goes with first.' }),
  last: t.int({ description: 'So many items from the end, or before the cursor: 1 to 100.' }),
  before: t.string({ description: 'Cursor to stop before; goes with last.' }),
}))
