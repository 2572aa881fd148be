import { useState } from 'react'
import { useAction } from '../../data/use-action.ts'
import { useData } from '../../data/use-data.ts'
import { PeopleInvitationsDocument, PeopleInviteDocument } from '../../generated/graphql.ts'
import { orderModules } from '../../keys/grantable.ts'
import { issueOf } from '../../keys/issue-of.ts'
import { CopyAs } from '../../shell/copy-as.tsx'
import { Button } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { CodeBlock } from '../../ui/code.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { formatAbsolute } from '../../ui/format-time.ts'
import { OneTimeSecret } from '../../ui/one-time-secret.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import { grantInputOf, MemberGrantsField, memberGrantsOf } from './member-grants.tsx'

interface Sent {
  readonly email: string
  readonly token: string
  readonly expiresAt: string
}

/** Invites a person, and shows the invitation token once. */
export const InviteDialog = ({
  organizationId,
  onClose,
}: {
  readonly organizationId: string
  readonly onClose: () => void
}) => {
  const [sent, setSent] = useState<Sent | null>(null)
  if (sent === null) return <InviteForm organizationId={organizationId} onClose={onClose} onSent={setSent} />
  return (
    <OneTimeSecret title={`Send this to ${sent.email}`} secret={sent.token} onStored={onClose}>
      <p>
        This is the only time that the invitation token is shown. Whoever has it can join until{' '}
        {formatAbsolute(new Date(sent.expiresAt))}: send it on a channel that reaches nobody else.
      </p>
      <CodeBlock title="The person accepts with" code={acceptExample()} />
    </OneTimeSecret>
  )
}

const acceptExample = (): string =>
  [
    `curl ${location.origin}/graphql -H 'content-type: application/json' --data '{`,
    '  "query": "mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { secret } }",',
    '  "variables": { "input": { "name": "YOUR NAME", "invitationToken": "THE TOKEN" } }',
    "}'",
  ].join('\n')

interface InviteFormProps {
  readonly organizationId: string
  readonly onClose: () => void
  readonly onSent: (sent: Sent) => void
}

const InviteForm = ({ organizationId, onClose, onSent }: InviteFormProps) => {
  const [email, setEmail] = useState('')
  const [value, setValue] = useState(() => memberGrantsOf([]))
  const invite = useAction(PeopleInviteDocument, { errors: 'inline' })
  const { data } = useData(PeopleInvitationsDocument, { organizationId }, { live: false })
  const grants = grantInputOf(value)
  const variables = { input: { organizationId, email: email.trim(), grants } }
  const missing =
    email.trim() === '' ? 'Enter an e-mail address.' : grants.length === 0 ? 'Choose at least one role.' : null
  const submit = async () => {
    if (missing !== null) return
    const done = await invite.run(variables)
    if (done === null) return
    const { invitationToken: token, expiresAt, invitation } = done.inviteMember
    onSent({ email: invitation.email, token, expiresAt })
  }
  const emailIssue = issueOf(invite.error, 'email')
  const grantsIssue = issueOf(invite.error, 'grants')
  return (
    <Dialog
      open
      size="large"
      title="Invite a person"
      onClose={onClose}
      onSubmit={() => void submit()}
      footer={
        <>
          <CopyAs document={PeopleInviteDocument} variables={variables} command={null} />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={invite.isRunning} disabledReason={missing}>
            Create the invitation
          </Button>
        </>
      }
    >
      <Field label="E-mail address" required error={emailIssue}>
        <TextInput type="email" value={email} onChange={({ target }) => setEmail(target.value)} />
      </Field>
      <MemberGrantsField
        modules={orderModules(data?.organization?.modules ?? [])}
        value={value}
        onChange={setValue}
        error={grantsIssue ?? null}
      />
      {invite.error !== null && emailIssue === undefined && grantsIssue === undefined && (
        <Callout tone="bad">{invite.error.message}</Callout>
      )}
    </Dialog>
  )
}
