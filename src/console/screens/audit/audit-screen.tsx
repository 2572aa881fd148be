import { useRights } from '../../rights/rights.ts'
import { PageHeader } from '../../ui/layout.tsx'
import { NoPermission } from '../../ui/states.tsx'
import { EventDialog } from './event-dialog.tsx'
import { EventList } from './event-list.tsx'
import { ExportButton } from './export-button.tsx'
import { VerifyCard } from './verify-card.tsx'
import './audit.css'

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
