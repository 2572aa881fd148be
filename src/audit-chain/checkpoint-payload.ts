import { z } from 'zod'

/** `typ` of the signature of every checkpoint (RFC 7515 section 4.1.9). */
export const CHECKPOINT_TYPE = 'keyturn-checkpoint+jws'

/** What the signature of every checkpoint covers; those that the service keeps have more. */
export const SignedHead = z.object({
  organization: z.string(),
  sequence: z.number(),
  hash: z.string(),
  signedAt: z.string(),
})

/** `typ` of the signature of an audit log's base. It differs, so that no checkpoint can pass for one and hide events. */
export const BASE_TYPE = 'keyturn-audit-base+jws'
