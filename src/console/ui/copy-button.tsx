import { useEffect, useState } from 'react'
import { Button, type ButtonProps } from './button.tsx'

export interface CopyButtonProps extends Omit<ButtonProps, 'onClick' | 'icon' | 'children'> {
  readonly text: string
  /** What is copied, for its name: Copy secret. */
  readonly label?: string
  readonly onCopied?: () => void
}

type Outcome = 'copied' | 'failed' | null

const copy = async (text: string): Promise<Outcome> => {
  try {
    await navigator.clipboard.writeText(text)
    return 'copied'
  } catch {
    // The clipboard needs a secure context and permission; the person can still select the text.
    return 'failed'
  }
}

/** Copies a text and says so. */
export const CopyButton = ({ text, label = 'Copy', onCopied, ...rest }: CopyButtonProps) => {
  const [outcome, setOutcome] = useState<Outcome>(null)
  useEffect(() => {
    if (outcome === null) return
    const timer = setTimeout(() => setOutcome(null), 2500)
    return () => clearTimeout(timer)
  }, [outcome])
  const press = async (): Promise<void> => {
    const result = await copy(text)
    setOutcome(result)
    if (result === 'copied') onCopied?.()
  }
  return (
    <>
      <Button size="small" {...rest} icon={outcome === 'copied' ? 'check' : 'copy'} onClick={press}>
        {outcome === 'copied' ? 'Copied' : outcome === 'failed' ? 'Select and copy' : label}
      </Button>
      <span className="visually-hidden" role="status">
        {outcome === 'copied' ? 'Copied to the clipboard.' : outcome === 'failed' ? 'Copying failed.' : ''}
      </span>
    </>
  )
}
