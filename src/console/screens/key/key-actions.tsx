import { useAction } from '../../data/use-action.ts'
import { ResumeKeyInConsoleDocument } from '../../generated/graphql.ts'
import { keyCommand } from '../../keys/key-commands.ts'
import { CopyAs } from '../../shell/copy-as.tsx'
import { useToasts } from '../../shell/toasts.tsx'
import { Button } from '../../ui/button.tsx'
import type { KeyFacts } from './key-facts.ts'
import type { KeyRefusals } from './key-rights.ts'
import type { KeyDialog } from './search.ts'

export interface KeyActionsProps {
  readonly keyFacts: KeyFacts
  readonly refusals: KeyRefusals
  readonly onOpen: (dialog: KeyDialog) => void
}

/** The actions on a key. What the server would refuse is disabled and says why. */
export const KeyActions = ({ keyFacts, refusals, onOpen }: KeyActionsProps) => (
  <>
    <Button variant="primary" icon="rotate" disabledReason={refusals.rotate} onClick={() => onOpen('rotate')}>
      Rotate
    </Button>
    {keyFacts.status === 'SUSPENDED' ? (
      <Resume keyFacts={keyFacts} refusal={refusals.resume} />
    ) : (
      <Button icon="pause" disabledReason={refusals.suspend} onClick={() => onOpen('suspend')}>
        Suspend
      </Button>
    )}
    <Button icon="stop" variant="danger-plain" disabledReason={refusals.revoke} onClick={() => onOpen('revoke')}>
      Revoke
    </Button>
  </>
)

const Resume = ({ keyFacts, refusal }: { readonly keyFacts: KeyFacts; readonly refusal: string | null }) => {
  const resume = useAction(ResumeKeyInConsoleDocument)
  const toasts = useToasts()
  const input = { id: keyFacts.id }
  return (
    <>
      <CopyAs document={ResumeKeyInConsoleDocument} variables={{ input }} command={keyCommand('resume', keyFacts.id)} />
      <Button
        icon="play"
        busy={resume.isRunning}
        disabledReason={refusal}
        onClick={async () => {
          if (await resume.run({ input }))
            toasts.show(`${keyFacts.name} works again`, 'Tokens from before stay refused.')
        }}
      >
        Resume
      </Button>
    </>
  )
}
