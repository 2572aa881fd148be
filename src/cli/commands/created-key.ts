import type { KeyFieldsFragment } from '../../generated/graphql.ts'
import type { Output } from '../terminal/output.ts'

/**
 * Shows a secret, this once. Alone on standard output, so that it can be piped to where it is needed; what is to be known
 * of the key is on standard error.
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
