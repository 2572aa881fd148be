import { useState } from 'react'
import { useAction } from '../../data/use-action.ts'
import { AcknowledgeWarningInConsoleDocument, type WarningLineFragment } from '../../generated/graphql.ts'
import { CopyAs } from '../../shell/copy-as.tsx'
import { useToasts } from '../../shell/toasts.tsx'
import { Button } from '../../ui/button.tsx'

export interface AcknowledgeAllProps {
  readonly warnings: readonly WarningLineFragment[]
  readonly onDone: () => void
}

/** Acknowledges the warnings of the page, one after the other; the first refusal ends it. */
export const AcknowledgeAll = ({ warnings, onDone }: AcknowledgeAllProps) => {
  const acknowledge = useAction(AcknowledgeWarningInConsoleDocument)
  const toasts = useToasts()
  const [isRunning, setRunning] = useState(false)
  const run = async (): Promise<void> => {
    setRunning(true)
    let done = 0
    for (const { id } of warnings) {
      if ((await acknowledge.run({ input: { id } })) === null) break
      done += 1
    }
    setRunning(false)
    if (done > 0) toasts.show(done === 1 ? '1 warning acknowledged' : `${done} warnings acknowledged`)
    onDone()
  }
  return (
    <>
      <CopyAs
        document={AcknowledgeWarningInConsoleDocument}
        variables={{ input: { id: warnings[0]?.id ?? '' } }}
        command={`keyturn warnings ${warnings.map(({ id }) => `--acknowledge ${id}`).join(' ')}`}
        label="Copy “acknowledge all” as"
      />
      <Button size="small" busy={isRunning} onClick={run}>
        Acknowledge all of this page
      </Button>
    </>
  )
}
