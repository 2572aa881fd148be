import { groupedBy } from '../kernel/grouped-by.ts'
import type { Database, Writer } from '../persistence/database.ts'

/** Items of some organizations that are written in one transaction. */
export interface Batch<Item> {
  readonly byOrganization: ReadonlyMap<string, readonly Item[]>
  readonly items: readonly Item[]
  /** Their organization, where they have the same one. */
  readonly only: string | null
}

/**
 * Items in the order of their organizations, in batches of a bounded size: a batch has many items of one organization, or
 * few of many.
 */
export const batchesOf = <Item extends { readonly organizationId: string }>(
  items: readonly Item[],
  size: number,
): Batch<Item>[] => {
  const groups = groupedBy(items, ({ organizationId }) => organizationId)
  const sorted = [...groups.keys()].sort().flatMap((organizationId) => groups.get(organizationId) ?? [])
  return Array.from({ length: Math.ceil(sorted.length / size) }, (_, index) => {
    const own = sorted.slice(index * size, (index + 1) * size)
    const byOrganization = groupedBy(own, ({ organizationId }) => organizationId)
    const [only = null] = byOrganization.keys()
    return { byOrganization, items: own, only: byOrganization.size === 1 ? only : null }
  })
}

/** Runs the work of a batch in one transaction, in the turn of its organization where it has only one. */
export const writeBatch = <Item>(
  database: Database,
  { only }: Batch<Item>,
  work: (writer: Writer) => Promise<void>,
): Promise<void> => (only === null ? database.write(work) : database.writeFor(only, work))
