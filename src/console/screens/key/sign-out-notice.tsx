import { usePlace } from '../../shell/place.ts'
import { Callout } from '../../ui/callout.tsx'
import type { KeyFacts } from './key-facts.ts'

/** Says so where the person is about to end the key that they are signed in with. */
export const SignOutNotice = ({ keyFacts }: { readonly keyFacts: KeyFacts }) =>
  usePlace().viewer.key?.id === keyFacts.id ? (
    <Callout tone="warn">You are signed in with this key: this signs you out.</Callout>
  ) : null
