import type { AccessControl } from '../access/access-control.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Caller } from '../audit/caller.ts'
import { moduleDefined } from '../audit/events/organization-events.ts'
import { badInput, conflict, InputIssues, KeyturnError } from '../kernel/errors.ts'
import { MODULE_NAME_SHAPE } from '../kernel/grants.ts'
import { newId } from '../kernel/ids.ts'
import { checkDescription } from '../kernel/text.ts'
import type { Database } from '../persistence/database.ts'
import type { ModuleRow } from './organization.entity.ts'
import type { OrganizationDirectory } from './organization-directory.ts'
import { findModuleByName, insertModules, listModules } from './organizations.store.ts'

/** Modules of one root organization, the built-in ones included. */
const MAX_MODULES = 200

export interface DefineModuleParts {
  readonly database: Database
  readonly access: AccessControl
  readonly directory: OrganizationDirectory
  readonly log: AuditLog
}

/** Defines the modules of the customer's own product. */
export class DefineModule {
  private readonly parts: DefineModuleParts

  constructor(parts: DefineModuleParts) {
    this.parts = parts
  }

  /**
   * Defines a module in a root organization. Requires members:manager. Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, CONFLICT
   * if the name is taken, LIMIT_REACHED.
   */
  async define(
    caller: Caller,
    input: { readonly organizationId: string; readonly name: string; readonly description?: string | null | undefined },
  ): Promise<ModuleRow> {
    const { database, access, directory, log } = this.parts
    const { organizationId } = input
    await access.require(caller.principal, 'manageOrganization', organizationId)
    const path = await directory.findPath(organizationId)
    if (path?.at(-1) !== organizationId)
      throw badInput('organizationId', 'must be a root organization: its modules apply to all of its descendants')
    const issues = new InputIssues()
    if (!MODULE_NAME_SHAPE.test(input.name))
      issues.add('name', 'must start with a letter and have 1 to 50 characters of a to z, 0 to 9, _ and -')
    const description = checkDescription(issues, 'description', input.description)
    issues.throwIfAny()
    return database.writeFor(organizationId, async (writer) => {
      const existing = await findModuleByName(writer, organizationId, input.name)
      if (existing?.builtIn) throw conflict(`The module ${input.name} is built in: choose another name.`)
      if (existing !== null) throw conflict(`The module ${input.name} is already defined.`)
      if ((await listModules(writer, organizationId)).length >= MAX_MODULES)
        throw new KeyturnError('LIMIT_REACHED', `An organization has at most ${MAX_MODULES} modules.`)
      const row = { id: newId('module'), organizationId, name: input.name, description, builtIn: false }
      await insertModules(writer, [row])
      await log.append(writer, organizationId, caller.cause, moduleDefined(row))
      return row
    })
  }
}
