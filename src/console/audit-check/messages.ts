import type { ChainVerification } from '../../audit-chain/chain-check.ts'

/** What the page asks of the worker. */
export interface CheckRequest {
  readonly organizationId: string
  /** Text of a checkpoint file; null for none. */
  readonly checkpoint: string | null
}

/** The head that a checkpoint signed. */
export interface SignedHead {
  readonly sequence: number
  readonly signedAt: string
}

/** What the worker reports. */
export type CheckReport =
  | { readonly kind: 'progress'; readonly checkedEvents: number }
  | { readonly kind: 'done'; readonly found: ChainVerification; readonly signedHead: SignedHead | null }
  /** The log could not be checked: that says nothing about the log. */
  | { readonly kind: 'failed'; readonly message: string }
