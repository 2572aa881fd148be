import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useLogRefresh } from '../../data/use-log-refresh.ts'
import { useRights } from '../../rights/rights.ts'
import { Button } from '../../ui/button.tsx'
import { PageHeader } from '../../ui/layout.tsx'
import { onDemand } from '../../ui/on-demand.tsx'
import { Skeleton } from '../../ui/states.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { Members } from './members.tsx'
import type { PeopleTab } from './search.ts'
import './people.css'

const Pending = () => <Skeleton lines={8} />

// What is not shown at first is not loaded at first.
const InviteDialog = onDemand(async () => (await import('./invite-dialog.tsx')).InviteDialog)
const Invitations = onDemand(async () => (await import('./invitations.tsx')).Invitations, Pending)
const KeyMatrix = onDemand(async () => (await import('./key-matrix.tsx')).KeyMatrix, Pending)

const route = getRouteApi('/console/$organizationId/people')

/** Who belongs to the organization, what people and keys may do, and who is invited. */
export const PeopleScreen = () => {
  const { organizationId } = route.useParams()
  const { tab = 'members' } = route.useSearch()
  const navigate = route.useNavigate()
  const { denied } = useRights()
  const [isInviting, setInviting] = useState(false)
  useLogRefresh(organizationId)
  const show = (next: PeopleTab) => void navigate({ search: next === 'members' ? {} : { tab: next } })
  return (
    <>
      <PageHeader
        title="People"
        description="Members of this organization and of those above it. Their grants hold here and in everything below."
        actions={
          <Button
            variant="primary"
            icon="plus"
            disabledReason={denied('members', 'MANAGER')}
            onClick={() => setInviting(true)}
          >
            Invite a person
          </Button>
        }
      />
      <Tabs
        label="People and grants"
        value={tab}
        onChange={show}
        tabs={[
          { value: 'members', label: 'Members', content: <Members organizationId={organizationId} /> },
          { value: 'keys', label: 'Grants of API keys', content: <KeyMatrix organizationId={organizationId} /> },
          { value: 'invitations', label: 'Invitations', content: <Invitations organizationId={organizationId} /> },
        ]}
      />
      {isInviting && <InviteDialog organizationId={organizationId} onClose={() => setInviting(false)} />}
    </>
  )
}
