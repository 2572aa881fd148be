import { GrantBadge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { formatAbsolute, formatDuration } from '../../ui/format-time.ts'
import { Card, Facts } from '../../ui/layout.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import type { KeyFacts } from './key-facts.ts'

export interface KeyDetailsProps {
  readonly keyFacts: KeyFacts
  readonly refusal: string | null
  readonly onEdit: () => void
}

/** What a key is, may do, and from where. */
export const KeyDetails = ({ keyFacts, refusal, onEdit }: KeyDetailsProps) => (
  <Card
    title="Details"
    actions={
      <Button size="small" icon="edit" disabledReason={refusal} onClick={onEdit}>
        Edit
      </Button>
    }
  >
    <Facts
      facts={[
        { name: 'Kind', value: keyFacts.kind === 'API_KEY' ? 'API key' : 'Personal access key' },
        { name: 'Owner', value: ownerOf(keyFacts) },
        { name: 'Grants', value: <Grants keyFacts={keyFacts} /> },
        { name: 'Expires', value: <Expiry keyFacts={keyFacts} /> },
        { name: 'Warnings', value: warningsOf(keyFacts) },
        { name: 'Addresses', value: keyFacts.allowedIps && (keyFacts.allowedIps.join(', ') || 'From anywhere') },
        { name: 'Created', value: <Created keyFacts={keyFacts} /> },
        {
          name: 'Id',
          value: (
            <span className="row">
              <span className="mono">{keyFacts.id}</span>
              <CopyButton text={keyFacts.id} label="Copy id" variant="quiet" />
            </span>
          ),
        },
      ]}
    />
  </Card>
)

const ownerOf = (key: KeyFacts): string => {
  if (key.__typename === 'PersonalAccessKey') return key.owner.name
  return key.project ? `Project ${key.project.name}` : key.organization.name
}

const Grants = ({ keyFacts }: { readonly keyFacts: KeyFacts }) =>
  keyFacts.grants.length === 0 ? (
    'None now: its owner has lost them'
  ) : (
    <span className="row">
      {keyFacts.grants.map((grant) => (
        <GrantBadge key={`${grant.module}:${grant.role}`} {...grant} />
      ))}
    </span>
  )

const Expiry = ({ keyFacts: { expiresAt } }: { readonly keyFacts: KeyFacts }) =>
  expiresAt == null ? (
    'Never'
  ) : (
    <>
      <RelativeTime instant={expiresAt} /> <span className="muted small">{formatAbsolute(new Date(expiresAt))}</span>
    </>
  )

const warningsOf = ({ expiresAt, warnBefore }: KeyFacts): string | null => {
  if (expiresAt == null) return null
  return warnBefore.length === 0 ? 'None' : `${warnBefore.map(formatDuration).join(', ')} before`
}

const Created = ({ keyFacts: { createdAt, createdBy } }: { readonly keyFacts: KeyFacts }) => (
  <>
    <RelativeTime instant={createdAt} />
    {createdBy?.name && ` by ${createdBy.name}`}
  </>
)
