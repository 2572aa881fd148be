import type { ConsoleError } from '../data/console-error.ts'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/states.tsx'
import { NotFound } from './not-found.tsx'

export interface LoadFailureProps {
  readonly error: ConsoleError
  readonly onRetry: () => void
}

/** What to do about data that could not be loaded. */
const adviceOf = ({ code, message, required, retryAfterSeconds }: ConsoleError): string => {
  if (required !== undefined && required.length > 0) return `You need ${required.join(' or ')}.`
  if (code === 'NETWORK') return 'The server does not answer. Check your connection.'
  if (retryAfterSeconds !== undefined && retryAfterSeconds > 0) return `${message} Try again in ${retryAfterSeconds} s.`
  return message
}

const titleOf = ({ code }: ConsoleError): string =>
  code === 'FORBIDDEN' ? 'No permission' : 'This could not be loaded'

/** In place of a page that could not be loaded, with the way on. */
export const LoadFailure = ({ error, onRetry }: LoadFailureProps) => {
  if (error.code === 'NOT_FOUND' || error.code === 'BAD_USER_INPUT') return <NotFound />
  return (
    <section className="state-page" role="alert">
      <h1>{titleOf(error)}</h1>
      <p>{adviceOf(error)}</p>
      <Button onClick={onRetry}>Try again</Button>
    </section>
  )
}

/** The same in place of a part of a page. */
export const PartFailure = ({ error, onRetry }: LoadFailureProps) => (
  <div role="alert">
    <EmptyState
      icon={error.code === 'FORBIDDEN' ? 'lock' : 'alert'}
      title={titleOf(error)}
      actions={
        <Button size="small" onClick={onRetry}>
          Try again
        </Button>
      }
    >
      {adviceOf(error)}
    </EmptyState>
  </div>
)
