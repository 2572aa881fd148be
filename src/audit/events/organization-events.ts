import { z } from 'zod'
import type { JsonObject } from '../../audit-chain/canonical-json.ts'
import { changesField, textOrNull, texts } from './detail-fields.ts'
import type { Draft, EventTarget } from './event-draft.ts'

/** Details of the events about organizations, their policies, modules and projects. */
export const ORGANIZATION_EVENT_DETAILS = {
  ORGANIZATION_CREATED: z.object({ slug: z.string(), parentId: textOrNull }),
  ORGANIZATION_UPDATED: z.object({ changes: changesField }),
  POLICY_UPDATED: z.object({ changes: changesField, nonConformingKeys: z.number(), nonConformingKeyIds: texts }),
  MODULE_DEFINED: z.object({ description: textOrNull }),
  MODULE_REMOVED: z.object({}),
  PROJECT_CREATED: z.object({ slug: z.string() }),
  AUDIT_EVENTS_ARCHIVED: z.object({
    firstSequence: z.number(),
    lastSequence: z.number(),
    lastHash: z.string(),
    file: z.string(),
    sha256: z.string(),
  }),
} as const

type Details = {
  readonly [Type in keyof typeof ORGANIZATION_EVENT_DETAILS]: z.infer<(typeof ORGANIZATION_EVENT_DETAILS)[Type]>
}
type OrganizationEvent<Type extends keyof Details> = Draft<Type, Details[Type]>

export const organizationCreated = (
  organization: EventTarget & { readonly slug: string; readonly parentId: string | null },
): OrganizationEvent<'ORGANIZATION_CREATED'> => ({
  type: 'ORGANIZATION_CREATED',
  target: { id: organization.id, name: organization.name },
  details: { slug: organization.slug, parentId: organization.parentId },
})

export const organizationUpdated = (
  organization: EventTarget,
  changes: JsonObject,
): OrganizationEvent<'ORGANIZATION_UPDATED'> => ({
  type: 'ORGANIZATION_UPDATED',
  target: { id: organization.id, name: organization.name },
  details: { changes },
})

export const policyUpdated = (
  organizationId: string,
  details: Details['POLICY_UPDATED'],
): OrganizationEvent<'POLICY_UPDATED'> => ({
  type: 'POLICY_UPDATED',
  target: { id: organizationId, name: null },
  details,
})

export const moduleDefined = (
  module: EventTarget & { readonly description: string | null },
): OrganizationEvent<'MODULE_DEFINED'> => ({
  type: 'MODULE_DEFINED',
  target: { id: module.id, name: module.name },
  details: { description: module.description },
})

export const moduleRemoved = (module: EventTarget): OrganizationEvent<'MODULE_REMOVED'> => ({
  type: 'MODULE_REMOVED',
  target: { id: module.id, name: module.name },
  details: {},
})

export const projectCreated = (
  project: EventTarget & { readonly slug: string },
): OrganizationEvent<'PROJECT_CREATED'> => ({
  type: 'PROJECT_CREATED',
  target: { id: project.id, name: project.name },
  details: { slug: project.slug },
})

export const auditEventsArchived = (
  organization: EventTarget,
  details: Details['AUDIT_EVENTS_ARCHIVED'],
): OrganizationEvent<'AUDIT_EVENTS_ARCHIVED'> => ({
  type: 'AUDIT_EVENTS_ARCHIVED',
  target: { id: organization.id, name: organization.name },
  details,
})
