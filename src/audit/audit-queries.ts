import type { AccessControl } from '../access/access-control.ts'
import { notFound } from '../kernel/errors.ts'
import { checkId } from '../kernel/ids.ts'
import { type Page, type PageArguments, parsePage } from '../kernel/page.ts'
import type { Database } from '../persistence/database.ts'
import { findEvent } from './audit.store.ts'
import type { AuditEvent } from './audit-event.ts'
import { pageOfEvents } from './audit-pages.store.ts'
import type { AuditVerification } from './audit-verification.ts'
import type { AuditVerifier } from './audit-verifier.ts'
import type { Caller } from './caller.ts'
import { type AuditEventFilter, checkEventFilter } from './event-filter.ts'
import { createEventView } from './event-view.ts'

/** Whether an id names an object of the organization, or the actor or target of one of its events. */
export type IsKnownId = (organizationId: string, id: string) => Promise<boolean>

/** Reads and verifies audit logs. */
export class AuditQueries {
  private readonly database: Database
  private readonly access: AccessControl
  private readonly isKnownId: IsKnownId
  private readonly verifier: AuditVerifier

  constructor(database: Database, access: AccessControl, isKnownId: IsKnownId, verifier: AuditVerifier) {
    this.database = database
    this.access = access
    this.isKnownId = isKnownId
    this.verifier = verifier
  }

  /** An organization's audit log, newest first. Needs audit:viewer. Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN. */
  async page(
    caller: Caller,
    organizationId: string,
    filter: AuditEventFilter,
    paging: PageArguments,
  ): Promise<Page<AuditEvent>> {
    await this.access.require(caller.principal, 'readAuditLog', organizationId)
    checkEventFilter(filter)
    for (const [what, id] of Object.entries({ actor: filter.actorId, target: filter.targetId }))
      if (id != null && !(await this.isKnownId(organizationId, id))) throw notFound(what)
    return this.read(caller, organizationId, filter, paging)
  }

  /** The events about an object that was found, newest first. Needs audit:viewer. Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN. */
  async pageAbout(
    caller: Caller,
    { id, organizationId }: { readonly id: string; readonly organizationId: string },
    paging: PageArguments,
  ): Promise<Page<AuditEvent>> {
    await this.access.require(caller.principal, 'readAuditLog', organizationId)
    return this.read(caller, organizationId, { targetId: id }, paging)
  }

  private async read(
    caller: Caller,
    organizationId: string,
    filter: AuditEventFilter,
    paging: PageArguments,
  ): Promise<Page<AuditEvent>> {
    const request = parsePage('audit', ['number'], paging)
    const page = await this.database.read((reader) => pageOfEvents(reader, organizationId, filter, request))
    const view = await createEventView(this.access, caller.principal, organizationId)
    return { ...page, items: page.items.map(view) }
  }

  /** One event. Needs audit:viewer. Throws NOT_FOUND, FORBIDDEN. */
  async find(caller: Caller, id: string): Promise<AuditEvent> {
    checkId('event', id, 'id')
    const event = await this.database.read((reader) => findEvent(reader, id))
    if (event === null) throw notFound('audit event')
    await this.access.require(caller.principal, 'readAuditLog', event.organizationId, 'audit event')
    return (await createEventView(this.access, caller.principal, event.organizationId))(event)
  }

  /** Verifies the organization's audit log, see AuditVerifier. Needs audit:manager. Throws NOT_FOUND, FORBIDDEN. */
  async verify(caller: Caller, organizationId: string): Promise<AuditVerification> {
    await this.access.require(caller.principal, 'verifyAuditLog', organizationId)
    return this.verifier.verify(organizationId)
  }
}
