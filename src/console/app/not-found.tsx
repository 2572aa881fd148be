import { type ErrorComponentProps, Link } from '@tanstack/react-router'

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
