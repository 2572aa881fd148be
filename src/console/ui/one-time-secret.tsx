import { type ReactNode, useState } from 'react'
import { Button } from './button.tsx'
import { SecretReveal } from './code.tsx'
import { Dialog } from './dialog.tsx'

export interface OneTimeSecretProps {
  readonly title: string
  /** The clear text. Keep it in the state of one component, and forget it in `onStored`. */
  readonly secret: string
  /** What it is for, and what to do with it. */
  readonly children: ReactNode
  /** Shown below the secret. */
  readonly footnote?: ReactNode
  /** Called when the person says that it is stored. */
  readonly onStored: () => void
}

/** Shows something once that is never readable again. Only the statement that it is stored closes the dialog. */
export const OneTimeSecret = ({ title, secret, children, footnote, onStored }: OneTimeSecretProps) => {
  const [copied, setCopied] = useState(false)
  return (
    <Dialog
      open
      closesOnlyByAction
      onClose={onStored}
      size="large"
      title={title}
      footer={
        <>
          {!copied && <span className="muted small one-time-secret__reminder">You have not copied it yet.</span>}
          <Button variant="primary" icon="check" onClick={onStored}>
            I have stored it
          </Button>
        </>
      }
    >
      {children}
      <SecretReveal secret={secret} onCopied={() => setCopied(true)} />
      {footnote}
    </Dialog>
  )
}
