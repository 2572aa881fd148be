import { failed } from '../command-error.ts'

/** Page size: the largest that the server allows. */
export const PAGE_SIZE = 100

interface Page<Node> {
  readonly edges: readonly { readonly node: Node }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

/** All nodes of a connection, page by page. Throws if its organization no longer exists. */
export async function* nodesOf<Node>(
  read: (after: string | null) => Promise<Page<Node> | null | undefined>,
): AsyncGenerator<Node, void> {
  for (let after: string | null = null; ; ) {
    const page: Page<Node> | null | undefined = await read(after)
    if (page == null) throw failed('There is no such organization, or you may not see it.')
    for (const { node } of page.edges) yield node
    if (!page.pageInfo.hasNextPage) return
    after = page.pageInfo.endCursor
  }
}

/** The first nodes of a list. */
export const collect = async <Node>(nodes: AsyncIterable<Node>, limit = Number.POSITIVE_INFINITY): Promise<Node[]> => {
  const collected: Node[] = []
  if (limit === 0) return collected
  for await (const node of nodes) {
    collected.push(node)
    if (collected.length >= limit) break
  }
  return collected
}
