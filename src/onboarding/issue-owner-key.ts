import { BY_SYSTEM } from '../audit/audit-event.ts'
import { conflict, notFound } from '../kernel/errors.ts'
import { hasKeyInUse } from '../keys/keys.store.ts'
import type { CreateKey } from '../keys/lifecycle/create-key.ts'
import { findServerOwner, listMembershipsOf } from '../memberships/members.store.ts'
import type { Database, Reader } from '../persistence/database.ts'
import { issueSignInCode } from '../sessions/sign-in-codes.ts'

export interface OwnerKey {
  readonly keyId: string
  readonly secret: string
  readonly organizationId: string
  /** Signs the owner in at the console, once, within ten minutes; null if there is no console. */
  readonly signInCode: string | null
}

export interface OwnerKeyOptions {
  readonly now: Date
  /** Also where the owner has an active key that was used before. */
  readonly force: boolean
  /** Whether to issue a sign-in code for the console. */
  readonly signInCode: boolean
}

/**
 * Issues a personal access key to the owner of the server, for an operator on its machine: the secret of the first start may
 * have been lost, because the process ended between the commit and the print. Writes KEY_CREATED with Keyturn as the actor.
 * Throws NOT_FOUND without an owner, and CONFLICT where the owner has an active key that was used before, unless `force`.
 */
export const issueOwnerKey = (
  database: Database,
  createKey: CreateKey,
  { now, force, signInCode }: OwnerKeyOptions,
): Promise<OwnerKey> =>
  database.write(async (writer) => {
    const owner = await findServerOwner(writer)
    const [home] = owner === null ? [] : await membershipsInOrder(writer, owner.id)
    if (owner === null || home === undefined) throw notFound('owner of the server')
    if (!force && (await hasKeyInUse(writer, owner.id, now)))
      throw conflict('The owner has an active key that was used. Add --force to issue another one.')
    const { organizationId } = home
    const issued = await createKey.issueFirst(writer, owner, organizationId, null, BY_SYSTEM)
    const code = signInCode ? await issueSignInCode(writer, issued, now) : null
    return { keyId: issued.key.id, secret: issued.secret, organizationId, signInCode: code }
  })

const membershipsInOrder = async (reader: Reader, userId: string) =>
  (await listMembershipsOf(reader, userId)).sort((a, b) => a.joinedAt.getTime() - b.joinedAt.getTime())
