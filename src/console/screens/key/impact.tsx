import { useRights } from '../../rights/rights.ts'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { useNow } from '../../ui/use-now.ts'
import type { KeyFacts } from './key-facts.ts'
import { isLive } from './live-tokens.ts'
import { useTokens } from './use-token-events.ts'

/** What stops working with a key, as far as the person may know it. */
export const Impact = ({ keyFacts }: { readonly keyFacts: KeyFacts }) => (
  <ul className="key-impact">
    <li>{secretsText(keyFacts)}</li>
    <li>
      <LiveTokens keyFacts={keyFacts} />
    </li>
    <li>
      <LastUseOfKey keyFacts={keyFacts} />
    </li>
  </ul>
)

const secretsText = ({ secrets }: KeyFacts): string =>
  secrets.filter(({ state }) => state !== 'RETIRED').length > 1
    ? 'Its two secrets stop working.'
    : 'Its secret stops working.'

const LiveTokens = ({ keyFacts }: { readonly keyFacts: KeyFacts }) => {
  const rights = useRights()
  const { tokens, hasMore } = useTokens(keyFacts)
  const now = useNow(1_000)
  if (!rights.has('audit', 'VIEWER')) return 'Every access token that was made from it ends.'
  if (tokens === null) return 'Counting its access tokens…'
  const count = tokens.filter((token) => isLive(token, now)).length
  if (count === 0) return 'It has no live access token.'
  const atLeast = hasMore && count === tokens.length ? 'At least ' : ''
  return `${atLeast}${count} live access token${count === 1 ? ' ends' : 's end'}.`
}

const LastUseOfKey = ({ keyFacts }: { readonly keyFacts: KeyFacts }) => {
  if (keyFacts.lastUsedAt === undefined) return 'You cannot see when it was used last: that needs keys:operator.'
  if (keyFacts.lastUsedAt === null) return 'It was never used.'
  const from = keyFacts.lastUsedFrom?.[0]
  return (
    <>
      Last used <RelativeTime instant={keyFacts.lastUsedAt} />
      {from && ` from ${from}`}.
    </>
  )
}
