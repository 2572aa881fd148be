import { getRouteApi } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { PartFailure } from '../../app/load-failure.tsx'
import { useData } from '../../data/use-data.ts'
import { readFragment } from '../../generated/fragment-masking.ts'
import { type MemberRowFragment, MemberRowFragmentDoc, PeopleMembersDocument } from '../../generated/graphql.ts'
import { orderModules } from '../../keys/grantable.ts'
import { useRights } from '../../rights/rights.ts'
import { usePlace } from '../../shell/place.ts'
import { Badge } from '../../ui/badge.tsx'
import { IconButton } from '../../ui/button.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Card } from '../../ui/layout.tsx'
import { onDemand } from '../../ui/on-demand.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { NoPermission, Skeleton } from '../../ui/states.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import { moduleColumns } from './grant-matrix.tsx'
import { PageTurner } from './page-turner.tsx'

const MemberDialog = onDemand(async () => (await import('./member-dialog.tsx')).MemberDialog)
const RemoveDialog = onDemand(async () => (await import('./remove-dialog.tsx')).RemoveDialog)

const route = getRouteApi('/console/$organizationId/people')
const PAGE_SIZE = 100

type Open = { readonly kind: 'edit' | 'remove'; readonly member: MemberRowFragment } | null

/** The members as a matrix of people and modules. */
export const Members = ({ organizationId }: { readonly organizationId: string }) => {
  const { has } = useRights()
  const { q = '', after } = route.useSearch()
  const navigate = route.useNavigate()
  const [open, setOpen] = useState<Open>(null)
  const mayRead = has('members', 'VIEWER')
  const variables = { organizationId, first: PAGE_SIZE, after: after ?? null }
  const { data, error, reload } = useData(PeopleMembersDocument, variables, { pause: !mayRead })
  if (!mayRead) return <NoPermission grant="members:viewer" what="the members" />
  const organization = data?.organization
  if (organization?.members == null)
    return error === null ? <Skeleton lines={8} /> : <PartFailure error={error} onRetry={reload} />
  const modules = orderModules(organization.modules)
  const rows = organization.members.edges.map(({ node }) => readFragment(MemberRowFragmentDoc, node))
  const wanted = q.trim().toLowerCase()
  const shown = rows.filter(({ user }) => `${user.name} ${user.email ?? ''}`.toLowerCase().includes(wanted))
  return (
    <Card flush>
      <div className="people-bar">
        <TextInput
          type="search"
          aria-label="Search members"
          placeholder="Search by name or e-mail"
          value={q}
          onChange={({ target }) =>
            void navigate({
              search: ({ q: _, ...rest }) => (target.value === '' ? rest : { ...rest, q: target.value }),
              replace: true,
            })
          }
        />
        <span className="muted small">Pale roles come from a grant for all modules.</span>
      </div>
      <div className="matrix">
        <DataTable
          caption="Members and their roles in each module"
          columns={[...personColumns, ...moduleColumns<MemberRowFragment>(modules), actionColumn(setOpen)]}
          rows={shown}
          rowKey={({ id }) => id}
        />
      </div>
      <PageTurner info={organization.members.pageInfo} after={after} />
      {open?.kind === 'edit' && <MemberDialog member={open.member} modules={modules} onClose={() => setOpen(null)} />}
      {open?.kind === 'remove' && (
        <RemoveDialog organizationId={organizationId} member={open.member} onClose={() => setOpen(null)} />
      )}
    </Card>
  )
}

const personColumns: Column<MemberRowFragment>[] = [
  {
    id: 'person',
    header: 'Member',
    isTitle: true,
    cell: ({ user, inherited, joinedAt, organization }) => (
      <span className="people-name">
        <strong>{user.name}</strong>
        {user.email != null && <span className="muted small">{breakable(user.email)}</span>}
        <span className="muted small">
          joined <RelativeTime instant={joinedAt} focusable={false} />
        </span>
        {inherited && <Badge>from {organization.name}</Badge>}
      </span>
    ),
  },
]

/** Breaks an address before its @, not in the middle of a word. */
const breakable = (email: string): ReactNode => {
  const at = email.lastIndexOf('@')
  return (
    <>
      {email.slice(0, at)}
      <wbr />
      {email.slice(at)}
    </>
  )
}

const actionColumn = (open: (next: Open) => void): Column<MemberRowFragment> => ({
  id: 'actions',
  header: 'Actions',
  headerHidden: true,
  narrow: true,
  align: 'end',
  cell: (member) => <MemberActions member={member} onOpen={open} />,
})

const isOwner = ({ grants }: MemberRowFragment): boolean => grants.some(({ role }) => role === 'OWNER')

const MemberActions = ({
  member,
  onOpen,
}: {
  readonly member: MemberRowFragment
  readonly onOpen: (next: Open) => void
}) => {
  const { has, denied } = useRights()
  const { viewer } = usePlace()
  const inherited = member.inherited ? `This membership is in ${member.organization.name}: change it there.` : undefined
  const owners = isOwner(member) && !has('*', 'OWNER') ? 'Only an owner can change an owner.' : undefined
  const refusal = denied('members', 'MANAGER') ?? inherited ?? owners
  const self = viewer.user?.id === member.user.id ? 'You cannot remove yourself here.' : undefined
  return (
    <span className="row">
      <IconButton
        icon="edit"
        size="small"
        label={`Change the grants of ${member.user.name}`}
        disabledReason={refusal}
        onClick={() => onOpen({ kind: 'edit', member })}
      />
      <IconButton
        icon="trash"
        size="small"
        label={`Remove ${member.user.name}`}
        disabledReason={refusal ?? self}
        onClick={() => onOpen({ kind: 'remove', member })}
      />
    </span>
  )
}
