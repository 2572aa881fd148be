import { createLoader } from '../schema-kit/loaders.ts'
import type { KeyPolicy } from './key-policy.ts'
import type { PolicyDirectory } from './policy-directory.ts'
import type { PreviewPolicy } from './preview-policy.ts'
import type { UpdatePolicy } from './update-policy.ts'

declare module '../schema-kit/context.ts' {
  interface Services {
    readonly policies: PolicyDirectory
    readonly updatePolicy: UpdatePolicy
    readonly previewPolicy: PreviewPolicy
  }
}

/** The effective policy of an organization, by its id. */
export const loadPolicy = createLoader<KeyPolicy>((ids, { database, policies }) =>
  database.read((reader) => policies.effectiveOfAll(reader, ids)),
)
