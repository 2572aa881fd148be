import { nextStepOf } from '../../data/console-error.ts'
import { useAction } from '../../data/use-action.ts'
import { SuspendKeyInConsoleDocument } from '../../generated/graphql.ts'
import { keyCommand } from '../../keys/key-commands.ts'
import { CopyAs } from '../../shell/copy-as.tsx'
import { useToasts } from '../../shell/toasts.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Impact } from './impact.tsx'
import type { KeyFacts } from './key-facts.ts'
import { SignOutNotice } from './sign-out-notice.tsx'

export interface SuspendDialogProps {
  readonly keyFacts: KeyFacts
  readonly onClose: () => void
  readonly onChanged: () => void
}

/** Stops a key until somebody resumes it. Says what stops working. */
export const SuspendDialog = ({ keyFacts, onClose, onChanged }: SuspendDialogProps) => {
  const suspend = useAction(SuspendKeyInConsoleDocument, { errors: 'inline' })
  const toasts = useToasts()
  const input = { id: keyFacts.id }
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={`Suspend “${keyFacts.name}”?`}
      action="Suspend"
      error={suspend.error && [suspend.error.message, nextStepOf(suspend.error)].filter(Boolean).join(' ')}
      extra={
        <CopyAs
          document={SuspendKeyInConsoleDocument}
          variables={{ input }}
          command={keyCommand('suspend', keyFacts.id)}
        />
      }
      onConfirm={async () => {
        if (!(await suspend.run({ input }))) return
        toasts.show(`${keyFacts.name} is suspended`)
        onChanged()
        onClose()
      }}
    >
      <p>What stops working at once, until somebody resumes the key:</p>
      <Impact keyFacts={keyFacts} />
      <p className="muted">Tokens from before stay refused. Its expiry is not put off.</p>
      <SignOutNotice keyFacts={keyFacts} />
    </ConfirmDialog>
  )
}
