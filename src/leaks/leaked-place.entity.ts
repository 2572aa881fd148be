import { EntitySchema } from 'typeorm'
import * as column from '../persistence/columns.ts'

/** A place where a secret was reported, so that a repeated report changes nothing. */
export interface LeakedPlaceRow {
  secretId: string
  /** SHA-256, hex, of the reporter and the place. */
  place: string
  reportedAt: Date
}

export const LeakedPlaceEntity = new EntitySchema<LeakedPlaceRow>({
  name: 'LeakedPlace',
  tableName: 'leaked_places',
  columns: {
    secretId: column.id('secret_id', { primary: true }),
    place: column.text('place', 64, { primary: true }),
    reportedAt: column.instant('reported_at'),
  },
})
