import type { BuiltInModule, Role } from '../kernel/grants.ts'

/** A role that is required in the object's organization or in an ancestor. */
export interface Requirement {
  readonly module: BuiltInModule
  readonly role: Role
}

const needs = (module: BuiltInModule, role: Role): Requirement => ({ module, role })

/** The role table. Every check in a resolver or a service names one of its rows. */
export const PERMISSIONS = {
  readKeys: needs('keys', 'VIEWER'),
  readKeyOrigin: needs('keys', 'OPERATOR'),
  readKeyAddresses: needs('keys', 'MANAGER'),
  readPersonalKeys: needs('keys', 'MANAGER'),
  operateKeys: needs('keys', 'OPERATOR'),
  manageKeys: needs('keys', 'MANAGER'),
  managePolicy: needs('keys', 'MANAGER'),
  readPolicy: needs('keys', 'VIEWER'),
  readWarnings: needs('keys', 'VIEWER'),
  readDeliveries: needs('keys', 'VIEWER'),
  manageRoutes: needs('keys', 'MANAGER'),
  readMembers: needs('members', 'VIEWER'),
  manageMembers: needs('members', 'MANAGER'),
  manageOrganization: needs('members', 'MANAGER'),
  readAuditLog: needs('audit', 'VIEWER'),
  readOrigins: needs('audit', 'MANAGER'),
  verifyAuditLog: needs('audit', 'MANAGER'),
  manageRetention: needs('audit', 'MANAGER'),
  readTokens: needs('tokens', 'VIEWER'),
} as const satisfies Record<string, Requirement>

export type Permission = keyof typeof PERMISSIONS

/** The grant that a permission needs, as `module:role`. */
export const requiredGrant = (permission: Permission): string => {
  const { module, role } = PERMISSIONS[permission]
  return `${module}:${role.toLowerCase()}`
}
