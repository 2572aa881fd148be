import { parseDuration } from '../../../kernel/duration.ts'
import { type ConsoleError, nextStepOf } from '../../data/console-error.ts'
import { CreateApiKeyInConsoleDocument, CreatePersonalKeyInConsoleDocument } from '../../generated/graphql.ts'
import type { ExpiryResult } from '../../keys/expiry.ts'
import { describeExpiry } from '../../keys/expiry-field.tsx'
import { grantsOf } from '../../keys/grantable.ts'
import { createCommand } from '../../keys/key-commands.ts'
import { checkRange, splitRanges } from '../../keys/ranges.ts'
import { CopyAs } from '../../shell/copy-as.tsx'
import { GrantBadge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { formatDuration } from '../../ui/format-time.ts'
import { Card, Facts } from '../../ui/layout.tsx'
import type { Place } from './create-key-flow.tsx'
import { apiKeyInput, type Draft, personalKeyInput } from './draft.ts'

export interface DraftSummaryProps {
  readonly place: Place
  readonly draft: Draft
  readonly expiry: Exclude<ExpiryResult, { kind: 'fault' }>
  readonly now: Date
  readonly isCreating: boolean
  readonly error: ConsoleError | null
  readonly onBack: () => void
  readonly onCreate: () => void
}

/** What will be created, in words, before it is. */
export const DraftSummary = ({ place, draft, expiry, now, isCreating, error, onBack, onCreate }: DraftSummaryProps) => (
  <form
    className="stack"
    onSubmit={(event) => {
      event.preventDefault()
      onCreate()
    }}
  >
    <Card title="Is this right?">
      <div className="stack">
        <Facts
          facts={[
            { name: 'Kind', value: draft.kind === 'api' ? 'API key' : 'Personal access key' },
            { name: 'Name', value: draft.name.trim() },
            { name: 'Description', value: draft.description.trim() },
            { name: 'Owner', value: ownerOf(draft, place) },
            { name: 'Grants', value: <GrantList draft={draft} /> },
            { name: 'Expiry', value: describeExpiry(expiry, now) },
            { name: 'Warnings', value: warningsOf(place, expiry, now) },
            { name: 'Addresses', value: addressesOf(draft) },
          ]}
        />
        {cautionsOf(draft, expiry).map((caution) => (
          <Callout key={caution} tone="warn">
            {caution}
          </Callout>
        ))}
        {error && (
          <Callout tone="bad">
            <p>{error.message}</p>
            <p>{nextStepOf(error)}</p>
          </Callout>
        )}
      </div>
    </Card>
    <div className="row">
      <Button icon="chevron-left" onClick={onBack}>
        Change
      </Button>
      <CopyCreation place={place} draft={draft} expiry={expiry} />
      <span className="create-key__gap" />
      <Button type="submit" variant="primary" icon="key" busy={isCreating} autoFocus>
        Create key
      </Button>
    </div>
  </form>
)

const GrantList = ({ draft }: { readonly draft: Draft }) =>
  draft.kind === 'personal' && draft.everything ? (
    'All that you may do, at any time'
  ) : (
    <span className="row">
      {grantsOf(draft.grants).map((grant) => (
        <GrantBadge key={grant.module} {...grant} />
      ))}
    </span>
  )

const ownerOf = (draft: Draft, place: Place): string => {
  if (draft.kind === 'personal') return 'You'
  const project = place.projects.find(({ id }) => id === draft.projectId)
  return project ? `Project ${project.name}` : 'The organization'
}

/** The policy's thresholds apply where they are at most half of the lifetime. */
const warningsOf = (place: Place, expiry: DraftSummaryProps['expiry'], now: Date): string => {
  if (expiry.kind === 'never') return 'None: it never expires'
  if (!place.policy) return 'As the policy says'
  const lifetime = expiry.instant.getTime() - now.getTime()
  const fitting = place.policy.warnBefore.filter((threshold) => millisecondsOf(threshold) <= lifetime / 2)
  return fitting.length === 0 ? 'None: its life is too short' : `${fitting.map(formatDuration).join(', ')} before`
}

const addressesOf = (draft: Draft): string => {
  const ranges = splitRanges(draft.ranges).map((text) => checkRange(text))
  return ranges.flatMap((check) => (check.kind === 'valid' ? [check.range] : [])).join(', ') || 'From anywhere'
}

const cautionsOf = (draft: Draft, expiry: DraftSummaryProps['expiry']): string[] => [
  ...(expiry.kind === 'never' ? ['A key that never expires works until somebody revokes it.'] : []),
  ...(draft.grants['*'] === 'MANAGER' && !draft.everything
    ? ['It may manage every module, members and keys among them. Is there a narrower role for its task?']
    : []),
]

const millisecondsOf = (duration: string): number => (parseDuration(duration) ?? 0) * 1000

const CopyCreation = ({ place, draft, expiry }: Pick<DraftSummaryProps, 'place' | 'draft' | 'expiry'>) => {
  if (draft.kind === 'api') {
    const input = apiKeyInput(draft, place.id, expiry)
    return (
      <CopyAs
        document={CreateApiKeyInConsoleDocument}
        variables={{ input }}
        command={createCommand('API_KEY', input)}
        size="normal"
      />
    )
  }
  const input = personalKeyInput(draft, place.id, expiry)
  return (
    <CopyAs
      document={CreatePersonalKeyInConsoleDocument}
      variables={{ input }}
      command={createCommand('PERSONAL_ACCESS_KEY', input)}
      size="normal"
    />
  )
}
