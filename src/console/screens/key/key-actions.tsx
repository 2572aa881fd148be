import { useAction } from '../../data/use-action.ts'
import { ResumeKeyInConsoleDocument, SuspendKeyInConsoleDocument } from '../../generated/graphql.ts'
import { keyCommand } from '../../keys/key-commands.ts'
import { CopyAs } from '../../shell/copy-as.tsx'
import { useToasts } from '../../shell/toasts.tsx'
import { Button } from '../../ui/button.tsx'
import type { KeyFacts } from './key-facts.ts'
import type { KeyRefusals } from './key-rights.ts'

export interface KeyActionsProps {
  readonly keyFacts: KeyFacts
  readonly refusals: KeyRefusals
  readonly onOpen: (dialog: 'rotate' | 'revoke') => void
}

/** The actions on a key. What the server would refuse is disabled and says why. */
export const KeyActions = ({ keyFacts, refusals, onOpen }: KeyActionsProps) => {
  const suspend = useAction(SuspendKeyInConsoleDocument)
  const resume = useAction(ResumeKeyInConsoleDocument)
  const toasts = useToasts()
  const { id, name, status } = keyFacts
  return (
    <>
      <Button variant="primary" icon="rotate" disabledReason={refusals.rotate} onClick={() => onOpen('rotate')}>
        Rotate
      </Button>
      {status === 'SUSPENDED' ? (
        <Button
          icon="play"
          busy={resume.isRunning}
          disabledReason={refusals.resume}
          onClick={async () => {
            if (await resume.run({ input: { id } }))
              toasts.show(`${name} works again`, 'Tokens from before stay refused.')
          }}
        >
          Resume
        </Button>
      ) : (
        <Button
          icon="pause"
          busy={suspend.isRunning}
          disabledReason={refusals.suspend}
          onClick={async () => {
            if (await suspend.run({ input: { id } }))
              toasts.show(`${name} is suspended`, 'Its secrets and tokens are refused until it is resumed.')
          }}
        >
          Suspend
        </Button>
      )}
      {status === 'SUSPENDED' ? (
        <CopyAs
          document={ResumeKeyInConsoleDocument}
          variables={{ input: { id } }}
          command={keyCommand('resume', id)}
        />
      ) : (
        <CopyAs
          document={SuspendKeyInConsoleDocument}
          variables={{ input: { id } }}
          command={keyCommand('suspend', id)}
        />
      )}
      <Button icon="stop" variant="danger-plain" disabledReason={refusals.revoke} onClick={() => onOpen('revoke')}>
        Revoke
      </Button>
    </>
  )
}
