import { PolicyDirectory } from './policy-directory.ts'
import { PreviewPolicy } from './preview-policy.ts'
import { UpdatePolicy, type UpdatePolicyParts } from './update-policy.ts'

export type PoliciesParts = Omit<UpdatePolicyParts, 'policies'>

export interface Policies {
  readonly policies: PolicyDirectory
  /** What resolvers call. */
  readonly services: {
    readonly policies: PolicyDirectory
    readonly updatePolicy: UpdatePolicy
    readonly previewPolicy: PreviewPolicy
  }
}

/** Constructs the policies of organizations. */
export const createPolicies = (parts: PoliciesParts): Policies => {
  const policies = new PolicyDirectory(parts.directory)
  const all = { ...parts, policies }
  return {
    policies,
    services: { policies, updatePolicy: new UpdatePolicy(all), previewPolicy: new PreviewPolicy(all) },
  }
}
