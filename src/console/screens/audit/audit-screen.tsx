import { useRights } from '../../rights/rights.ts'
import { PageHeader } from '../../ui/layout.tsx'
import { onDemand } from '../../ui/on-demand.tsx'
import { NoPermission, Skeleton } from '../../ui/states.tsx'
import { EventDialog } from './event-dialog.tsx'
import { EventList } from './event-list.tsx'
import { ExportButton } from './export-button.tsx'
import './audit.css'

/** As high as the card that takes its place, so that nothing below it moves. */
const VerifyPending = () => (
  <div className="card audit-pending">
    <Skeleton lines={3} />
  </div>
)

// It checks signatures, and brings what is needed for that.
const VerifyCard = onDemand(async () => (await import('./verify-card.tsx')).VerifyCard, VerifyPending)

/** The audit log: what happened, live; its hash chain, verified in the browser; and its export. */
export const AuditScreen = () => {
  const mayRead = useRights().has('audit', 'VIEWER')
  return (
    <>
      <PageHeader
        title="Audit log"
        description="Everything that happened in this organization. Events are never changed or deleted, and each contains the hash of the one before."
        actions={<ExportButton />}
      />
      {mayRead ? (
        <div className="stack" data-gap="large">
          <VerifyCard />
          <EventList />
          <EventDialog />
        </div>
      ) : (
        <NoPermission grant="audit:viewer" what="the audit log" />
      )}
    </>
  )
}
