import type { Reader } from '../persistence/database.ts'

/** A position of an audit log that is known from elsewhere than its events: from a signature, or from this process. */
export interface AuditAnchor {
  readonly sequence: number
  readonly hash: string
  /** False where its signature is not valid, or where it was deleted: then nothing that the log contains is trusted. */
  readonly authentic: boolean
}

/** Finds what an organization's audit log has to agree with. Call it before the head is read. */
export type FindAnchors = (reader: Reader, organizationId: string) => Promise<readonly AuditAnchor[]>
