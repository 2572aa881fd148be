import { useState } from 'react'
import { PartFailure } from '../../app/load-failure.tsx'
import { useAction } from '../../data/use-action.ts'
import { useData } from '../../data/use-data.ts'
import {
  PeopleInvitationsDocument,
  type PeopleInvitationsQuery,
  PeopleRevokeInvitationDocument,
} from '../../generated/graphql.ts'
import { useRights } from '../../rights/rights.ts'
import { CopyAs } from '../../shell/copy-as.tsx'
import { Badge, GrantBadge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Card } from '../../ui/layout.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { EmptyState, NoPermission, Skeleton } from '../../ui/states.tsx'

type Invitation = NonNullable<NonNullable<PeopleInvitationsQuery['organization']>['invitations']>[number]

/** The open invitations. */
export const Invitations = ({ organizationId }: { readonly organizationId: string }) => {
  const mayRead = useRights().has('members', 'MANAGER')
  const [revoking, setRevoking] = useState<Invitation | null>(null)
  const { data, error, reload } = useData(PeopleInvitationsDocument, { organizationId }, { pause: !mayRead })
  if (!mayRead) return <NoPermission grant="members:manager" what="the invitations" />
  const invitations = data?.organization?.invitations
  if (invitations == null)
    return error === null ? <Skeleton lines={4} /> : <PartFailure error={error} onRetry={reload} />
  return (
    <>
      {invitations.length === 0 ? (
        <EmptyState icon="users" title="No open invitations">
          Invite a person: they join with a token that you send them.
        </EmptyState>
      ) : (
        <Card flush>
          <DataTable
            caption="Open invitations"
            columns={columnsOf(setRevoking)}
            rows={invitations}
            rowKey={({ id }) => id}
          />
        </Card>
      )}
      {/* Outside of the list: the dialog stays when its invitation is accepted meanwhile. */}
      {revoking !== null && <RevokeInvitation invitation={revoking} onClose={() => setRevoking(null)} />}
    </>
  )
}

const columnsOf = (onRevoke: (invitation: Invitation) => void): Column<Invitation>[] => [
  { id: 'email', header: 'Person', isTitle: true, cell: ({ email }) => <strong>{email}</strong> },
  {
    id: 'grants',
    header: 'Grants',
    cell: ({ grants }) => (
      <span className="row">
        {grants.map((grant) => (
          <GrantBadge key={`${grant.module}:${grant.role}`} {...grant} />
        ))}
      </span>
    ),
  },
  {
    id: 'state',
    header: 'State',
    narrow: true,
    cell: ({ acceptable }) =>
      acceptable ? <Badge tone="info">Open</Badge> : <Badge tone="warn">Cannot be accepted now</Badge>,
  },
  {
    id: 'expires',
    header: 'Expires',
    narrow: true,
    cell: ({ expiresAt }) => <RelativeTime instant={expiresAt} focusable={false} />,
  },
  {
    id: 'actions',
    header: 'Actions',
    headerHidden: true,
    narrow: true,
    align: 'end',
    cell: (invitation) => (
      <Button
        size="small"
        variant="danger-plain"
        aria-label={`Revoke the invitation of ${invitation.email}`}
        onClick={() => onRevoke(invitation)}
      >
        Revoke
      </Button>
    ),
  },
]

const RevokeInvitation = ({
  invitation,
  onClose,
}: {
  readonly invitation: Invitation
  readonly onClose: () => void
}) => {
  const revoke = useAction(PeopleRevokeInvitationDocument, { errors: 'inline' })
  const variables = { input: { id: invitation.id } }
  const confirm = async () => {
    if ((await revoke.run(variables)) !== null) onClose()
  }
  return (
    <ConfirmDialog
      open
      danger
      title={`Revoke the invitation of ${invitation.email}?`}
      action="Revoke"
      onClose={onClose}
      onConfirm={confirm}
      error={revoke.error?.message}
      extra={<CopyAs document={PeopleRevokeInvitationDocument} variables={variables} command={null} />}
    >
      <p>Its token stops working. The person can be invited again.</p>
    </ConfirmDialog>
  )
}
