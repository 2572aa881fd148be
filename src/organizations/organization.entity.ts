import { EntitySchema } from 'typeorm'
import * as column from '../persistence/columns.ts'

export interface OrganizationRow {
  id: string
  parentId: string | null
  /** Ids of the ancestors, the parent first. An organization never moves. */
  ancestorIds: readonly string[]
  name: string
  slug: string
  /** The parent's id, or `root`: slugs are unique among siblings. */
  slugScope: string
  createdAt: Date
}

export const OrganizationEntity = new EntitySchema<OrganizationRow>({
  name: 'Organization',
  tableName: 'organizations',
  columns: {
    id: column.id('id', { primary: true }),
    parentId: column.id('parent_id', { nullable: true }),
    ancestorIds: column.json('ancestor_ids'),
    name: column.text('name', 100),
    slug: column.text('slug', 100),
    slugScope: column.id('slug_scope'),
    createdAt: column.instant('created_at'),
  },
  indices: [
    { name: 'organizations_slug', columns: ['slugScope', 'slug'], unique: true },
    { name: 'organizations_parent', columns: ['parentId'] },
  ],
})

export interface ModuleRow {
  id: string
  /** The root organization that defined it. */
  organizationId: string
  name: string
  description: string | null
  builtIn: boolean
}

export const ModuleEntity = new EntitySchema<ModuleRow>({
  name: 'Module',
  tableName: 'modules',
  columns: {
    id: column.id('id', { primary: true }),
    organizationId: column.id('organization_id'),
    name: column.text('name', 50),
    description: column.text('description', 1000, { nullable: true }),
    builtIn: column.flag('built_in'),
  },
  indices: [{ name: 'modules_name', columns: ['organizationId', 'name'], unique: true }],
})

export interface ProjectRow {
  id: string
  organizationId: string
  name: string
  slug: string
  createdAt: Date
}

export const ProjectEntity = new EntitySchema<ProjectRow>({
  name: 'Project',
  tableName: 'projects',
  columns: {
    id: column.id('id', { primary: true }),
    organizationId: column.id('organization_id'),
    name: column.text('name', 100),
    slug: column.text('slug', 100),
    createdAt: column.instant('created_at'),
  },
  indices: [{ name: 'projects_slug', columns: ['organizationId', 'slug'], unique: true }],
})

/** Messages for violations of unique indexes by concurrent changes. */
export const organizationConflicts = {
  organizations_slug: 'This slug is already in use here: choose another.',
  projects_slug: 'A project of this organization already has this slug: choose another.',
  modules_name: 'A module already has this name: choose another.',
}

/** The tables of this folder. */
export const organizationEntities = [OrganizationEntity, ModuleEntity, ProjectEntity]
