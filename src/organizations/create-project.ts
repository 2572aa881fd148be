import type { AccessControl } from '../access/access-control.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Caller } from '../audit/caller.ts'
import { projectCreated } from '../audit/events/organization-events.ts'
import type { Clock } from '../kernel/clock.ts'
import { InputIssues } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { checkName, checkSlug, slugOf } from '../kernel/text.ts'
import type { Database } from '../persistence/database.ts'
import { freeSlug } from './free-slug.ts'
import type { ProjectRow } from './organization.entity.ts'
import { insertProject, lockOrganization, projectSlugTaken } from './organizations.store.ts'

export interface CreateProjectParts {
  readonly database: Database
  readonly clock: Clock
  readonly access: AccessControl
  readonly log: AuditLog
}

/** Creates projects. */
export class CreateProject {
  private readonly parts: CreateProjectParts

  constructor(parts: CreateProjectParts) {
    this.parts = parts
  }

  /**
   * Creates a project in an organization. Requires members:manager. Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, CONFLICT if
   * the slug is taken.
   */
  async create(
    caller: Caller,
    input: { readonly organizationId: string; readonly name: string; readonly slug?: string | null | undefined },
  ): Promise<ProjectRow> {
    const { database, access, clock, log } = this.parts
    const { organizationId } = input
    await access.require(caller.principal, 'manageOrganization', organizationId)
    const issues = new InputIssues()
    const name = checkName(issues, 'name', input.name)
    const requestedSlug = input.slug == null ? null : checkSlug(issues, 'slug', input.slug)
    issues.throwIfAny()
    return database.writeFor(organizationId, async (writer) => {
      // Concurrent requests would otherwise find the same slug free.
      await lockOrganization(writer, organizationId)
      const isTaken = (slug: string) => projectSlugTaken(writer, organizationId, slug)
      const slug = await freeSlug(requestedSlug, slugOf(name, 'project'), isTaken)
      const row = { id: newId('project'), organizationId, name, slug, createdAt: clock.now() }
      await insertProject(writer, row)
      await log.append(writer, organizationId, caller.cause, projectCreated(row))
      return row
    })
  }
}
