import type { Cause } from '../audit/audit-event.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import { organizationCreated } from '../audit/events/organization-events.ts'
import type { Clock } from '../kernel/clock.ts'
import { KeyturnError } from '../kernel/errors.ts'
import { BUILT_IN_MODULES } from '../kernel/grants.ts'
import { newId } from '../kernel/ids.ts'
import { slugOf } from '../kernel/text.ts'
import type { Reader, Writer } from '../persistence/database.ts'
import { freeSlug } from './free-slug.ts'
import type { OrganizationRow } from './organization.entity.ts'
import {
  findOrganization,
  insertModules,
  insertOrganization,
  lockOrganization,
  slugTaken,
} from './organizations.store.ts'

const MAX_DEPTH = 8
const ROOT_SCOPE = 'root'

/** A new organization, as validated by the use case that creates it. */
export interface NewOrganization {
  readonly name: string
  /** The requested slug; null derives it from the name. */
  readonly slug: string | null
  /** Null for a root organization. */
  readonly parentId: string | null
}

/** Inserts organizations inside the transaction of the use case that has checked the caller. */
export class NewOrganizations {
  private readonly clock: Clock
  private readonly log: AuditLog

  constructor(clock: Clock, log: AuditLog) {
    this.clock = clock
    this.log = log
  }

  /**
   * Inserts an organization and its event; a root organization also gets the built-in modules. Throws CONFLICT if the
   * requested slug is taken, LIMIT_REACHED if organizations are nested too deep.
   */
  async add(writer: Writer, { name, slug, parentId }: NewOrganization, cause: Cause): Promise<OrganizationRow> {
    const ancestorIds = parentId === null ? [] : [...(await pathOf(writer, parentId))]
    if (ancestorIds.length >= MAX_DEPTH)
      throw new KeyturnError('LIMIT_REACHED', `Organizations can be nested at most ${MAX_DEPTH} levels deep.`)
    const slugScope = parentId ?? ROOT_SCOPE
    // Concurrent requests would otherwise find the same slug free.
    if (parentId !== null) await lockOrganization(writer, parentId)
    const isTaken = (candidate: string) => slugTaken(writer, slugScope, candidate)
    const row = {
      id: newId('organization'),
      parentId,
      ancestorIds,
      name,
      slug: await freeSlug(slug, slugOf(name, 'organization'), isTaken),
      slugScope,
      createdAt: this.clock.now(),
    }
    await insertOrganization(writer, row)
    if (parentId === null) await insertBuiltInModules(writer, row.id)
    await this.log.append(writer, row.id, cause, organizationCreated(row))
    return row
  }
}

const insertBuiltInModules = (writer: Writer, organizationId: string): Promise<void> =>
  insertModules(
    writer,
    Object.entries(BUILT_IN_MODULES).map(([name, description]) => ({
      id: newId('module'),
      organizationId,
      name,
      description,
      builtIn: true,
    })),
  )

const pathOf = async (reader: Reader, organizationId: string): Promise<readonly string[]> => {
  const organization = await findOrganization(reader, organizationId)
  if (organization === null) throw new Error(`Organization ${organizationId} does not exist.`)
  return [organization.id, ...organization.ancestorIds]
}
