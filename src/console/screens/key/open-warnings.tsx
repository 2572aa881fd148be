import { useAction } from '../../data/use-action.ts'
import { useData } from '../../data/use-data.ts'
import { AcknowledgeWarningInConsoleDocument, KeyOpenWarningsDocument } from '../../generated/graphql.ts'
import { useRights } from '../../rights/rights.ts'
import { Button } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { formatDuration } from '../../ui/format-time.ts'
import { RelativeTime } from '../../ui/relative-time.tsx'
import type { KeyFacts } from './key-facts.ts'

/** The warnings about a key that nobody has acknowledged. */
export const OpenWarnings = ({ keyFacts }: { readonly keyFacts: KeyFacts }) => {
  const rights = useRights()
  const { data } = useData(
    KeyOpenWarningsDocument,
    { organizationId: keyFacts.organization.id },
    { pause: !rights.has('keys', 'VIEWER') || keyFacts.status === 'REVOKED' },
  )
  const acknowledge = useAction(AcknowledgeWarningInConsoleDocument)
  const open = (data?.organization?.expiryWarnings?.edges ?? []).filter(
    // After a rotation the key has another end: what was said about the old one is settled.
    ({ node }) => node.key.id === keyFacts.id && node.expiresAt === keyFacts.expiresAt,
  )
  const newest = open[0]?.node
  if (!newest) return null
  return (
    <Callout tone="warn" role="status">
      <div className="row" data-align="between">
        <span>
          Warning of {formatDuration(newest.threshold)}: expires <RelativeTime instant={newest.expiresAt} />.
        </span>
        <Button
          size="small"
          busy={acknowledge.isRunning}
          onClick={async () => {
            for (const { node } of open) await acknowledge.run({ input: { id: node.id } })
          }}
        >
          Acknowledge
        </Button>
      </div>
    </Callout>
  )
}
