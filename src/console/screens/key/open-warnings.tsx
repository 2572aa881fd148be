import { useAction } from '../../data/use-action.ts'
import { AcknowledgeWarningInConsoleDocument } from '../../generated/graphql.ts'
import { useRights } from '../../rights/rights.ts'
import { CopyAs } from '../../shell/copy-as.tsx'
import { Button } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { formatDuration } from '../../ui/format-time.ts'
import { RelativeTime } from '../../ui/relative-time.tsx'
import type { KeyFacts } from './key-facts.ts'
import { useWarningsAbout } from './use-warnings-about.ts'

/** The warnings about a key that nobody has acknowledged. */
export const OpenWarnings = ({ keyFacts }: { readonly keyFacts: KeyFacts }) => {
  const rights = useRights()
  const open = useWarningsAbout(keyFacts, !rights.has('keys', 'VIEWER') || keyFacts.status === 'REVOKED')
  const acknowledge = useAction(AcknowledgeWarningInConsoleDocument)
  const newest = open[0]
  if (!newest) return null
  return (
    <Callout tone="warn" role="status">
      <div className="row" data-align="between">
        <span>
          Warning of {formatDuration(newest.threshold)}: expires <RelativeTime instant={newest.expiresAt} />.
        </span>
        <span className="row">
          <CopyAs
            document={AcknowledgeWarningInConsoleDocument}
            variables={{ input: { id: newest.id } }}
            command={`keyturn warnings ${open.map(({ id }) => `--acknowledge ${id}`).join(' ')}`}
          />
          <Button
            size="small"
            busy={acknowledge.isRunning}
            onClick={async () => {
              for (const { id } of open) await acknowledge.run({ input: { id } })
            }}
          >
            Acknowledge
          </Button>
        </span>
      </div>
    </Callout>
  )
}
