import { useState } from 'react'
import { formatGrant, missingGrants } from '../../../kernel/grants.ts'
import { useAction } from '../../data/use-action.ts'
import { type MemberRowFragment, PeopleUpdateMemberDocument } from '../../generated/graphql.ts'
import type { ModuleOption } from '../../keys/grantable.ts'
import { CopyAs } from '../../shell/copy-as.tsx'
import { useToasts } from '../../shell/toasts.tsx'
import { Button } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { grantInputOf, MemberGrantsField, memberGrantsOf } from './member-grants.tsx'

export interface MemberDialogProps {
  readonly member: MemberRowFragment
  readonly modules: readonly ModuleOption[]
  readonly onClose: () => void
}

/** Replaces the grants of a member, and says what is withdrawn. */
export const MemberDialog = ({ member, modules, onClose }: MemberDialogProps) => {
  const [value, setValue] = useState(() => memberGrantsOf(member.grants))
  const update = useAction(PeopleUpdateMemberDocument, { errors: 'inline' })
  const toasts = useToasts()
  const grants = grantInputOf(value)
  const variables = { input: { memberId: member.id, grants } }
  const withdrawn = missingGrants(grants, member.grants)
  const isSame = withdrawn.length === 0 && missingGrants(member.grants, grants).length === 0
  const save = async () => {
    if (isSame || (await update.run(variables)) === null) return
    toasts.show(`Changed the grants of ${member.user.name}`)
    onClose()
  }
  return (
    <Dialog
      open
      size="large"
      title={`Grants of ${member.user.name}`}
      onClose={onClose}
      onSubmit={() => void save()}
      footer={
        <>
          <CopyAs document={PeopleUpdateMemberDocument} variables={variables} command={null} />
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            busy={update.isRunning}
            disabledReason={isSame ? 'Nothing is changed yet.' : null}
          >
            Save
          </Button>
        </>
      }
    >
      <MemberGrantsField modules={modules} value={value} onChange={setValue} />
      {withdrawn.length > 0 && (
        <Callout tone="warn" role="status">
          {member.user.name} loses {withdrawn.map(formatGrant).join(', ')}. Their personal keys, and the access tokens
          made from them, lose it at once.
        </Callout>
      )}
      {update.error !== null && <Callout tone="bad">{update.error.message}</Callout>}
    </Dialog>
  )
}
