import { z } from 'zod'

/** Where a credential was found, and who reported it, without the credential. */
export interface LeakPlace {
  readonly reportedBy: string
  readonly foundAt: string | null
  readonly foundIn?: string | null
}

export const LEAK_PLACE_DETAILS = {
  reportedBy: z.string(),
  foundAt: z.union([z.string(), z.null()]),
  foundIn: z.exactOptional(z.string()),
} as const

/** A place as the details of an event store it. */
export const leakPlaceDetails = ({ reportedBy, foundAt, foundIn }: LeakPlace) => ({
  reportedBy,
  foundAt,
  ...(foundIn == null ? {} : { foundIn }),
})
