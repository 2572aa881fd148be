import type { AccessControl } from '../access/access-control.ts'
import { requiredGrant } from '../access/permissions.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Caller } from '../audit/caller.ts'
import { expiryWarningAcknowledged } from '../audit/events/key-events.ts'
import type { Clock } from '../kernel/clock.ts'
import { forbidden, notFound } from '../kernel/errors.ts'
import { checkId } from '../kernel/ids.ts'
import { encodeCursor, makePage, type Page, type PageArguments, parsePage } from '../kernel/page.ts'
import type { KeyRow } from '../keys/key.entity.ts'
import type { KeyAccess } from '../keys/key-access.ts'
import { findKey } from '../keys/keys.store.ts'
import type { Database } from '../persistence/database.ts'
import type { ExpiryWarningRow } from './expiry-warning.entity.ts'
import { acknowledge, findWarnings, pageOfWarnings, type WarningScope } from './expiry-warnings.store.ts'

/** Reads and acknowledges expiry warnings. */
export class ExpiryWarningsService {
  private readonly database: Database
  private readonly clock: Clock
  private readonly access: AccessControl
  private readonly keyAccess: KeyAccess
  private readonly log: AuditLog

  constructor(database: Database, clock: Clock, access: AccessControl, keyAccess: KeyAccess, log: AuditLog) {
    this.database = database
    this.clock = clock
    this.access = access
    this.keyAccess = keyAccess
    this.log = log
  }

  /** An organization's warnings about keys that the caller can read, newest first. Requires keys:viewer. */
  async page(
    caller: Caller,
    organizationId: string,
    acknowledged: boolean | null | undefined,
    paging: PageArguments,
  ): Promise<Page<ExpiryWarningRow>> {
    const { principal } = caller
    await this.access.require(principal, 'readWarnings', organizationId)
    const request = parsePage('warnings', ['number'], paging)
    const all = await this.access.may(principal, 'readPersonalKeys', organizationId)
    const own = principal.kind === 'USER' ? { ownerId: principal.id } : ('none' as const)
    const scope: WarningScope = { organizationId, apiKeys: true, personalKeys: all ? 'all' : own }
    const rows = await this.database.read((reader) => pageOfWarnings(reader, scope, acknowledged ?? null, request))
    return makePage(request, rows, (row) => encodeCursor('warnings', [row.sequence]))
  }

  /** A warning about a key that the caller can read. Throws NOT_FOUND, FORBIDDEN. */
  async find(caller: Caller, id: string): Promise<ExpiryWarningRow> {
    return (await this.requireReadable(caller, id)).warning
  }

  /**
   * Acknowledges a warning. Acknowledging it again changes nothing. Requires keys:viewer, or ownership of the personal access key.
   * Throws NOT_FOUND, FORBIDDEN.
   */
  async acknowledge(caller: Caller, id: string): Promise<ExpiryWarningRow> {
    const { key } = await this.requireReadable(caller, id)
    return this.database.writeFor(key.organizationId, async (writer) => {
      const { actor } = caller.cause
      if (await acknowledge(writer, id, actor, this.clock.now()))
        await this.log.append(writer, key.organizationId, caller.cause, expiryWarningAcknowledged(key, id))
      const [warning] = await findWarnings(writer, [id])
      if (warning === undefined) throw notFound('expiry warning')
      return warning
    })
  }

  private async requireReadable(caller: Caller, id: string): Promise<{ warning: ExpiryWarningRow; key: KeyRow }> {
    checkId('warning', id, 'id')
    const { warning, key } = await this.database.read(async (reader) => {
      const [found] = await findWarnings(reader, [id])
      return { warning: found, key: found === undefined ? null : await findKey(reader, found.keyId) }
    })
    if (warning === undefined || key === null || !(await this.access.sees(caller.principal, key.organizationId)))
      throw notFound('expiry warning')
    if (!(await this.keyAccess.mayRead(caller.principal, key)))
      throw forbidden([requiredGrant(key.kind === 'API_KEY' ? 'readKeys' : 'readPersonalKeys')])
    return { warning, key }
  }
}
