import { groupedBy } from '../kernel/grouped-by.ts'
import type { Leak, LeakKind, LeaksOfKind } from './leak.ts'

/** Leaks that are written in one transaction. All leaks of a target are in the same batch. */
export interface LeakBatch {
  readonly kind: LeakKind
  readonly leaks: readonly Leak[]
  /** Their organization, where they have the same one. */
  readonly organizationId: string | null
}

/** Others wait for the locks of one transaction, and one pass over its events blocks the process. */
export const TARGETS_A_TRANSACTION = 250

/**
 * Leaks in the order of their organizations, in batches of a bounded number of targets: a batch has many targets of one
 * organization, or few of many.
 */
export const batchesOf = ({ kind, leaks }: LeaksOfKind): LeakBatch[] => {
  const targets = [...groupedBy(leaks, ({ targetId }) => targetId).values()]
  const byOrganization = groupedBy(targets, ([leak]) => leak?.organizationId ?? '')
  const sorted = [...byOrganization.keys()].sort().flatMap((id) => byOrganization.get(id) ?? [])
  return Array.from({ length: Math.ceil(sorted.length / TARGETS_A_TRANSACTION) }, (_, index) => {
    const own = sorted.slice(index * TARGETS_A_TRANSACTION, (index + 1) * TARGETS_A_TRANSACTION).flat()
    const organizationIds = new Set(own.map(({ organizationId }) => organizationId))
    const [only = null] = organizationIds
    return { kind, leaks: own, organizationId: organizationIds.size === 1 ? only : null }
  })
}
