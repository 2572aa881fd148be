import { groupedBy } from '../kernel/grouped-by.ts'

interface OfOrganization {
  readonly organizationId: string
}

/** Items in the order of their organizations, in batches that each concern one organization, and so one audit log. */
export const batchesOf = <Item extends OfOrganization>(
  items: readonly Item[],
  size: number,
): { readonly organizationId: string; readonly items: readonly Item[] }[] => {
  const byOrganization = groupedBy(items, ({ organizationId }) => organizationId)
  return [...byOrganization.keys()].sort().flatMap((organizationId) => {
    const own = byOrganization.get(organizationId) ?? []
    return Array.from({ length: Math.ceil(own.length / size) }, (_, index) => ({
      organizationId,
      items: own.slice(index * size, (index + 1) * size),
    }))
  })
}
