import { createRowLoader } from '../schema-kit/loaders.ts'
import type { OrganizationDirectory } from './organization-directory.ts'
import type { OrganizationsService } from './organizations.service.ts'
import { findOrganizations, findProjects } from './organizations.store.ts'

declare module '../schema-kit/context.ts' {
  interface Services {
    readonly directory: OrganizationDirectory
    readonly organizations: OrganizationsService
  }
}

export const loadOrganization = createRowLoader('organization', findOrganizations)
export const loadProject = createRowLoader('project', findProjects)
