import type { KeyFieldsFragment } from '../../generated/graphql.ts'
import type { Output } from '../terminal/output.ts'

/**
 * Prints a new secret. Standard output has only the secret, so that it can be piped; facts about the key go to standard
 * error.
 */
export const showSecret = async (
  output: Output,
  secret: string,
  key: KeyFieldsFragment,
  done: string,
): Promise<void> => {
  if (output.json) return output.value({ secret, key })
  output.note(`${done} ${key.name} (${key.id}), which expires ${output.instant(key.expiresAt, 'never')}.`)
  output.note('Its secret, shown once and never again:')
  await output.line(secret)
}
