import { type ErrorComponentProps, Link } from '@tanstack/react-router'
import { type ConsoleError, nextStepOf } from '../data/console-error.ts'

/** While the first answer is on its way. */
export const Splash = () => <output className="splash">Loading…</output>

/** What does not exist and what belongs to somebody else look the same. */
export const NotFound = () => (
  <section className="state-page">
    <h1>Not found</h1>
    <p>There is nothing at this address, or you may not see it.</p>
    <Link to="/">Go to the overview</Link>
  </section>
)

/** The same where there is no shell around it. */
export const BareNotFound = () => (
  <main>
    <NotFound />
  </main>
)

/** A page that could not be loaded, with the way on. */
export const LoadFailure = ({ error, onRetry }: { readonly error: ConsoleError; readonly onRetry: () => void }) => {
  if (error.code === 'NOT_FOUND' || error.code === 'BAD_USER_INPUT') return <NotFound />
  return (
    <section className="state-page" role="alert">
      <h1>{error.code === 'FORBIDDEN' ? 'No permission' : 'This could not be loaded'}</h1>
      <p>{error.message}</p>
      <p>{nextStepOf(error)}</p>
      <button type="button" className="button" data-variant="plain" onClick={onRetry}>
        Try again
      </button>
    </section>
  )
}

/** A screen that failed to load or to render. After a new release of the server its chunk may be gone. */
export const ScreenFailure = ({ error }: ErrorComponentProps) => (
  <section className="state-page" role="alert">
    <h1>This page failed</h1>
    <p>{error instanceof Error ? error.message : String(error)}</p>
    <button type="button" className="button" data-variant="plain" onClick={() => location.reload()}>
      Load it again
    </button>
  </section>
)
