import { PolicyDirectory } from './policy-directory.ts'
import { UpdatePolicy, type UpdatePolicyParts } from './update-policy.ts'

export type PoliciesParts = Omit<UpdatePolicyParts, 'policies'>

export interface Policies {
  readonly policies: PolicyDirectory
  /** What resolvers call. */
  readonly services: { readonly policies: PolicyDirectory; readonly updatePolicy: UpdatePolicy }
}

/** Constructs the policies of organizations. */
export const createPolicies = (parts: PoliciesParts): Policies => {
  const policies = new PolicyDirectory(parts.directory)
  return { policies, services: { policies, updatePolicy: new UpdatePolicy({ ...parts, policies }) } }
}
