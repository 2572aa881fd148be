import { type ReactNode, useState } from 'react'
import { Button } from './button.tsx'
import { Callout } from './callout.tsx'
import { Dialog } from './dialog.tsx'
import { Field } from './field.tsx'
import { TextInput } from './text-input.tsx'

export interface ConfirmDialogProps {
  readonly open: boolean
  readonly onClose: () => void
  /** A question that names the object: Revoke "deploy"? */
  readonly title: string
  /** What will stop working, and whether it can be undone. */
  readonly children: ReactNode
  /** The verb on the button. */
  readonly action: string
  /** Runs the action. The dialog is busy until it settles; the parent closes it on success. */
  readonly onConfirm: () => void | Promise<void>
  readonly danger?: boolean
  /** For what cannot be undone: the name or count that must be typed first. */
  readonly typeToConfirm?: string
  /** The server's refusal of the last attempt. */
  readonly error?: ReactNode
  /** Further controls for the footer, at its start. */
  readonly extra?: ReactNode
}

/** Asks before an action that takes something away. */
export const ConfirmDialog = (props: ConfirmDialogProps) => (
  // The key makes each opening start with an empty text.
  <ConfirmDialogContent key={String(props.open)} {...props} />
)

const ConfirmDialogContent = ({ open, onClose, title, children, action, onConfirm, ...rest }: ConfirmDialogProps) => {
  const [typed, setTyped] = useState('')
  const [busy, setBusy] = useState(false)
  const expected = rest.typeToConfirm
  const confirmed = expected === undefined || typed.trim() === expected
  const confirm = async (): Promise<void> => {
    if (!confirmed || busy) return
    setBusy(true)
    try {
      await onConfirm()
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={title}
      onSubmit={confirm}
      footer={
        <>
          {rest.extra}
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant={rest.danger ? 'danger' : 'primary'}
            busy={busy}
            disabledReason={confirmed ? null : `Type ${expected} to confirm.`}
          >
            {action}
          </Button>
        </>
      }
    >
      {children}
      {expected !== undefined && (
        <Field
          label={
            <span>
              Type <code>{expected}</code> to confirm
            </span>
          }
        >
          <TextInput value={typed} onChange={(event) => setTyped(event.target.value)} />
        </Field>
      )}
      {rest.error && <Callout tone="bad">{rest.error}</Callout>}
    </Dialog>
  )
}
