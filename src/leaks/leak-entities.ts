import { LeakedPlaceEntity } from './leaked-place.entity.ts'
import { PendingLeaksEntity } from './pending-leaks.entity.ts'

/** The tables of this folder. */
export const leakEntities = [LeakedPlaceEntity, PendingLeaksEntity]
