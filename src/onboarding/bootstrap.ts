import { BY_SYSTEM } from '../audit/audit-event.ts'
import type { Clock } from '../kernel/clock.ts'
import type { CreateKey } from '../keys/lifecycle/create-key.ts'
import { anyOrganization, lockOrganizations } from '../organizations/organizations.store.ts'
import type { Database } from '../persistence/database.ts'
import { issueSignInCode } from '../sessions/sign-in-codes.ts'
import { addRootOrganization, type RootOrganizationParts } from './root-organization.ts'

/** The result of the first start on an empty database. The secret is stored nowhere: show it once. */
export interface FirstStart {
  readonly organizationId: string
  readonly ownerSecret: string
  /** Signs the owner in at the console, once, within ten minutes; null if there is no console. Stored nowhere either. */
  readonly signInCode: string | null
}

/** What the first start creates. */
export interface FirstStartInput {
  /** Name of the organization. */
  readonly organization: string
  readonly ownerEmail: string
  /** Whether to issue a sign-in code for the console. */
  readonly signInCode: boolean
}

export interface BootstrapParts extends RootOrganizationParts {
  readonly database: Database
  readonly createKey: CreateKey
  readonly clock: Clock
}

/**
 * Creates the first organization, its owner and the owner's first key, in one transaction. Returns null if the database has
 * an organization. If several instances start at the same time, one of them does it.
 */
export const bootstrap = async (
  parts: BootstrapParts,
  { organization: name, ownerEmail, signInCode }: FirstStartInput,
): Promise<FirstStart | null> => {
  const { database, newMembers, createKey, clock } = parts
  if (await database.read(anyOrganization)) return null
  return database.write(async (writer) => {
    await lockOrganizations(writer)
    if (await anyOrganization(writer)) return null
    const owner = await newMembers.addUser(writer, ownerEmail.split('@')[0] ?? 'owner', ownerEmail, true)
    const organization = await addRootOrganization(parts, writer, { name, slug: null }, owner, BY_SYSTEM)
    const issued = await createKey.issueFirst(writer, owner, organization.id, null, BY_SYSTEM)
    return {
      organizationId: organization.id,
      ownerSecret: issued.secret,
      signInCode: signInCode ? await issueSignInCode(writer, issued, clock.now()) : null,
    }
  })
}
