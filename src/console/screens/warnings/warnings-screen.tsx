import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { PartFailure } from '../../app/load-failure.tsx'
import { useData } from '../../data/use-data.ts'
import { usePolling } from '../../data/use-polling.ts'
import { readFragment } from '../../generated/fragment-masking.ts'
import { WarningInboxDocument, type WarningLineFragment, WarningLineFragmentDoc } from '../../generated/graphql.ts'
import { useRights } from '../../rights/rights.ts'
import { Button } from '../../ui/button.tsx'
import { Card, PageHeader } from '../../ui/layout.tsx'
import { onDemand } from '../../ui/on-demand.tsx'
import { EmptyState, NoPermission, Skeleton } from '../../ui/states.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import type { KeyFacts } from '../key/key-facts.ts'
import { AcknowledgeAll } from './acknowledge-all.tsx'
import { NotificationSwitch } from './notification-switch.tsx'
import { WarningItem } from './warning-item.tsx'
import './warnings.css'

const RotateDialog = onDemand(async () => (await import('../key/rotate-dialog.tsx')).RotateDialog)

const route = getRouteApi('/console/$organizationId/warnings')
const PAGE = 25

/** A delivery is no event, so it is polled: often while the first attempts are made. */
const POLL_MS = { settling: 2_000, otherwise: 30_000 } as const
const FIRST_ATTEMPTS_MS = 60_000

const isSettling = ({ createdAt }: WarningLineFragment): boolean =>
  Date.now() - Date.parse(createdAt) < FIRST_ATTEMPTS_MS

const SHOWN = [
  { value: 'open', label: 'Open', acknowledged: false, empty: 'Nothing expires soon' },
  { value: 'acknowledged', label: 'Acknowledged', acknowledged: true, empty: 'Nothing was acknowledged yet' },
  { value: 'all', label: 'All', acknowledged: null, empty: 'No warnings yet' },
] as const
type Shown = (typeof SHOWN)[number]

/** The screen "Warnings": a live inbox of what expires. */
export const WarningsScreen = () => {
  const { show = 'open' } = route.useSearch()
  const navigate = route.useNavigate()
  const rights = useRights()
  return (
    <>
      <PageHeader
        title="Warnings"
        description="Keys that expire soon, or that nobody uses. Each warning comes in by itself, once."
        actions={<NotificationSwitch />}
      />
      {rights.has('keys', 'VIEWER') ? (
        <Tabs<Shown['value']>
          label="Which warnings"
          value={show}
          onChange={(value) => void navigate({ search: value === 'open' ? {} : { show: value } })}
          tabs={SHOWN.map((shown) => ({
            value: shown.value,
            label: shown.label,
            content: shown.value === show ? <Inbox shown={shown} /> : null,
          }))}
        />
      ) : (
        <NoPermission grant="keys:viewer" what="the warnings of this organization" />
      )}
    </>
  )
}

/** The dialog is none of a warning's: it can show a secret, and stays when somebody else acknowledges the warning. */
const Inbox = ({ shown }: { readonly shown: Shown }) => {
  const [rotating, setRotating] = useState<{ readonly keyFacts: KeyFacts; readonly isAsking: boolean } | null>(null)
  return (
    <>
      <Warnings shown={shown} onRotate={(keyFacts) => setRotating({ keyFacts, isAsking: true })} />
      {rotating && (
        <RotateDialog
          open={rotating.isAsking}
          keyFacts={rotating.keyFacts}
          refusal={null}
          onClose={() => setRotating({ ...rotating, isAsking: false })}
          onChanged={() => undefined}
        />
      )}
    </>
  )
}

interface WarningsProps {
  readonly shown: Shown
  readonly onRotate: (keyFacts: KeyFacts) => void
}

const Warnings = ({ shown, onRotate }: WarningsProps) => {
  const { organizationId } = route.useParams()
  const { after, before } = route.useSearch()
  const rights = useRights()
  const page = before === undefined ? { first: PAGE, after: after ?? null } : { last: PAGE, before }
  const { data, error, reload } = useData(WarningInboxDocument, {
    organizationId,
    acknowledged: shown.acknowledged,
    ...page,
    operator: rights.has('keys', 'OPERATOR'),
    manager: rights.has('keys', 'MANAGER'),
  })
  const warnings = data?.organization?.expiryWarnings
  const lines = warnings?.edges.map(({ node }) => readFragment(WarningLineFragmentDoc, node)) ?? []
  usePolling(reload, lines.some(isSettling) ? POLL_MS.settling : POLL_MS.otherwise)
  if (!warnings) return error === null ? <Skeleton lines={6} /> : <PartFailure error={error} onRetry={reload} />
  if (lines.length === 0)
    return (
      <EmptyState icon="bell" title={shown.empty}>
        A warning appears here as soon as a key comes near its end. The policy says how long before.
      </EmptyState>
    )
  return (
    <Card
      flush
      title={`${lines.length} ${lines.length === 1 ? 'warning' : 'warnings'}`}
      actions={shown.value === 'open' && <AcknowledgeAll warnings={lines} onDone={reload} />}
    >
      <ul className="warnings" aria-label={`${shown.label} warnings`}>
        {lines.map((warning) => (
          <WarningItem key={warning.id} warning={warning} onChanged={reload} onRotate={onRotate} />
        ))}
      </ul>
      <Pages info={warnings.pageInfo} />
    </Card>
  )
}

interface PagesProps {
  readonly info: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly startCursor?: string | null
    readonly endCursor?: string | null
  }
}

const Pages = ({ info }: PagesProps) => {
  const navigate = route.useNavigate()
  if (!info.hasNextPage && !info.hasPreviousPage) return null
  const go = (cursor: { after: string } | { before: string }) =>
    void navigate({ search: ({ show }) => ({ ...(show && { show }), ...cursor }) })
  return (
    <nav className="warnings__pages row" data-align="end" aria-label="Pages">
      <Button
        size="small"
        icon="chevron-left"
        disabledReason={info.hasPreviousPage ? null : 'These are the newest.'}
        onClick={() => go({ before: info.startCursor ?? '' })}
      >
        Newer
      </Button>
      <Button
        size="small"
        icon="chevron-right"
        disabledReason={info.hasNextPage ? null : 'There are no older ones.'}
        onClick={() => go({ after: info.endCursor ?? '' })}
      >
        Older
      </Button>
    </nav>
  )
}
