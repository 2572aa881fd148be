import type { Reader } from '../persistence/database.ts'

/** A position of an audit log that is known from another source than its events: a signature, or this process. */
export interface AuditAnchor {
  readonly sequence: number
  readonly hash: string
  /** False if its signature is invalid or was deleted. The log must not be trusted then. */
  readonly authentic: boolean
}

/** Finds the anchors that an organization's audit log must agree with. Call it before the head is read. */
export type FindAnchors = (reader: Reader, organizationId: string) => Promise<readonly AuditAnchor[]>
