import { AccessControl } from '../access/access-control.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../persistence/database.ts'
import { CreateProject } from './create-project.ts'
import { DefineModule } from './define-module.ts'
import { NewOrganizations } from './new-organizations.ts'
import { OrganizationDirectory } from './organization-directory.ts'
import { OrganizationQueries } from './organization-queries.ts'

export interface OrganizationsParts {
  readonly database: Database
  readonly clock: Clock
  readonly log: AuditLog
}

export interface Organizations {
  readonly directory: OrganizationDirectory
  /** Decides rights by the place of organizations in the directory. */
  readonly access: AccessControl
  readonly newOrganizations: NewOrganizations
  /** What resolvers and routes call. */
  readonly services: {
    readonly directory: OrganizationDirectory
    readonly access: AccessControl
    readonly organizations: OrganizationQueries
    readonly defineModule: DefineModule
    readonly createProject: CreateProject
  }
}

/** Constructs organizations, their projects and modules, and the access control on top of them. */
export const createOrganizations = ({ database, clock, log }: OrganizationsParts): Organizations => {
  const directory = new OrganizationDirectory(database)
  const access = new AccessControl((id) => directory.findPath(id))
  return {
    directory,
    access,
    newOrganizations: new NewOrganizations(clock, log),
    services: {
      directory,
      access,
      organizations: new OrganizationQueries({ database, access, directory }),
      defineModule: new DefineModule({ database, access, directory, log }),
      createProject: new CreateProject({ database, clock, access, log }),
    },
  }
}
