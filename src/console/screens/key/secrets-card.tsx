import { Badge } from '../../ui/badge.tsx'
import { Card } from '../../ui/layout.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { addressOf, type KeyFacts, type Secret } from './key-facts.ts'

const STATES = {
  CURRENT: { tone: 'good', text: 'Current' },
  RETIRING: { tone: 'warn', text: 'Retiring' },
  RETIRED: { tone: 'neutral', text: 'Retired' },
} as const

/** So many retired secrets are shown; the history has all. */
const MOST_RETIRED = 3

/** The secrets of a key, newest first: never the text, which nobody has but its holder. */
export const SecretsCard = ({ keyFacts }: { readonly keyFacts: KeyFacts }) => {
  const retired = keyFacts.secrets.filter(({ state }) => state === 'RETIRED')
  const shown = keyFacts.secrets.filter((secret) => !retired.slice(MOST_RETIRED).includes(secret))
  return (
    <Card title="Secrets" description={retired.length > MOST_RETIRED ? `${retired.length} retired in all` : undefined}>
      <ul className="stack">
        {shown.map((secret) => (
          <li key={`${secret.hint}${secret.createdAt}`} className="secret-line">
            <span className="row" data-align="between">
              <code>{secret.hint}</code>
              <Badge tone={STATES[secret.state].tone}>{STATES[secret.state].text}</Badge>
            </span>
            <span className="small muted">
              <LastUse keyFacts={keyFacts} secret={secret} /> · issued <RelativeTime instant={secret.createdAt} />
              {secret.validUntil != null && (
                <>
                  {' '}
                  · {secret.state === 'RETIRED' ? 'ended' : 'ends'} <RelativeTime instant={secret.validUntil} />
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
      {keyFacts.lastUsedFrom && keyFacts.lastUsedFrom.length > 0 && (
        <p className="small muted secret-addresses">
          Recent addresses: <span className="mono">{keyFacts.lastUsedFrom.join(', ')}</span>
        </p>
      )}
    </Card>
  )
}

export interface LastUseProps {
  readonly keyFacts: KeyFacts
  readonly secret: Secret
}

/** "last used 40 seconds ago from 10.0.0.7", as far as it is known. */
export const LastUse = ({ keyFacts, secret }: LastUseProps) => {
  if (secret.lastUsedAt == null) return 'never used'
  const address = addressOf(keyFacts, secret)
  return (
    <>
      last used <RelativeTime instant={secret.lastUsedAt} />
      {address !== null && (
        <>
          {' '}
          from <span className="mono">{address}</span>
        </>
      )}
    </>
  )
}
