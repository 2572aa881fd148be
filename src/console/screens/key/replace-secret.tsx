import { useState } from 'react'
import { useAction } from '../../data/use-action.ts'
import { RotateKeyInConsoleDocument } from '../../generated/graphql.ts'
import { rotateCommand } from '../../keys/key-commands.ts'
import { type IssuedSecret, SecretDialog } from '../../keys/secret-dialog.tsx'
import { CopyAs } from '../../shell/copy-as.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import type { KeyFacts } from './key-facts.ts'

export interface ReplaceSecretProps {
  readonly keyFacts: KeyFacts
  readonly onClose: () => void
  readonly onChanged: () => void
}

/** Discards the new secret of a rotation, which nobody has used, and issues another. */
export const ReplaceSecret = ({ keyFacts, onClose, onChanged }: ReplaceSecretProps) => {
  const rotate = useAction(RotateKeyInConsoleDocument, { errors: 'inline' })
  const input = { id: keyFacts.id, replaceUnconfirmed: true }
  const [issued, setIssued] = useState<IssuedSecret | null>(null)
  if (issued)
    return (
      <SecretDialog
        issued={issued}
        done="given another new secret"
        onStored={() => {
          setIssued(null)
          onChanged()
          onClose()
        }}
      />
    )
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title="Issue another new secret?"
      action="Issue another"
      error={rotate.error?.message}
      extra={
        <CopyAs document={RotateKeyInConsoleDocument} variables={{ input }} command={rotateCommand(keyFacts, input)} />
      }
      onConfirm={async () => {
        const done = await rotate.run({ input })
        if (done) setIssued({ keyId: keyFacts.id, keyName: keyFacts.name, secret: done.rotateKey.secret })
      }}
    >
      <p>The new secret that was issued before stops working, wherever it is. The old secret works on as planned.</p>
    </ConfirmDialog>
  )
}
