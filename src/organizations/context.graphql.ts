import { createRowLoader } from '../schema-kit/loaders.ts'
import type { CreateProject } from './create-project.ts'
import type { DefineModule } from './define-module.ts'
import type { OrganizationDirectory } from './organization-directory.ts'
import type { OrganizationQueries } from './organization-queries.ts'
import { findOrganizations, findProjects } from './organizations.store.ts'

declare module '../schema-kit/context.ts' {
  interface Services {
    readonly directory: OrganizationDirectory
    readonly organizations: OrganizationQueries
    readonly defineModule: DefineModule
    readonly createProject: CreateProject
  }
}

export const loadOrganization = createRowLoader('organization', findOrganizations)
export const loadProject = createRowLoader('project', findProjects)
