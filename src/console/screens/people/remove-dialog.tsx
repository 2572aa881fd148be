import { useAction } from '../../data/use-action.ts'
import { useData } from '../../data/use-data.ts'
import { MemberImpactDocument, type MemberRowFragment, PeopleRemoveMemberDocument } from '../../generated/graphql.ts'
import { useRights } from '../../rights/rights.ts'
import { CopyAs } from '../../shell/copy-as.tsx'
import { useToasts } from '../../shell/toasts.tsx'
import { Callout } from '../../ui/callout.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'

export interface RemoveDialogProps {
  readonly organizationId: string
  readonly member: MemberRowFragment
  readonly onClose: () => void
}

/** Asks before a member is removed: what stops working with them, and what goes on. */
export const RemoveDialog = ({ organizationId, member, onClose }: RemoveDialogProps) => {
  const { has } = useRights()
  const remove = useAction(PeopleRemoveMemberDocument, { errors: 'inline' })
  const toasts = useToasts()
  const variables = { input: { memberId: member.id } }
  const impact = useData(
    MemberImpactDocument,
    { organizationId, userId: member.user.id, personal: has('keys', 'MANAGER'), api: has('keys', 'VIEWER') },
    { live: false },
  )
  const personal = impact.data?.organization?.personalAccessKeys
  const api = impact.data?.organization?.apiKeys
  const confirm = async () => {
    const done = await remove.run(variables)
    if (done === null) return
    const { revokedKeyIds } = done.removeMember
    const count = revokedKeyIds.length
    toasts.show(
      `Removed ${member.user.name}`,
      count === 1 ? '1 personal key was revoked.' : `${count} personal keys were revoked.`,
    )
    onClose()
  }
  return (
    <ConfirmDialog
      open
      danger
      title={`Remove ${member.user.name}?`}
      action="Remove"
      onClose={onClose}
      onConfirm={confirm}
      error={remove.error?.message}
      extra={<CopyAs document={PeopleRemoveMemberDocument} variables={variables} command={null} />}
    >
      <p>
        They lose every grant here and in the organizations below. This cannot be undone: they would have to be invited
        again.
      </p>
      {personal != null && personal.totalCount > 0 && (
        <Callout tone="warn">
          <span>
            {personal.totalCount === 1 ? 'Their personal key stops' : `Their ${personal.totalCount} personal keys stop`}{' '}
            working, with every access token made from them:
          </span>
          <ul className="people-keys">
            {personal.edges.map(({ node }) => (
              <li key={node.id}>
                <strong>{node.name}</strong>,{' '}
                {node.lastUsedAt == null ? (
                  'never used'
                ) : (
                  <>
                    last used <RelativeTime instant={node.lastUsedAt} />
                  </>
                )}
              </li>
            ))}
          </ul>
        </Callout>
      )}
      {personal == null && (
        <p className="muted">Their personal keys stop working, with every access token made from them.</p>
      )}
      {api != null && api.totalCount > 0 && (
        <p>
          {api.totalCount === 1
            ? 'The API key that they created goes'
            : `The ${api.totalCount} API keys that they created go`}{' '}
          on working: {api.edges.map(({ node }) => node.name).join(', ')}
          {api.totalCount > api.edges.length ? ' and others' : ''}. They may know the secrets.
        </p>
      )}
    </ConfirmDialog>
  )
}
