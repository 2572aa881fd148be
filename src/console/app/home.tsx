import { Navigate } from '@tanstack/react-router'
import { useData } from '../data/use-data.ts'
import { ShellViewerDocument } from '../generated/graphql.ts'
import { lastOrganization } from './last-organization.ts'
import { LoadFailure } from './load-failure.tsx'
import { Splash } from './not-found.tsx'

/** The start: leads to the organization that was shown last, or to the first of the person's. */
export const Home = () => {
  const last = lastOrganization.read()
  const { data, error, reload } = useData(ShellViewerDocument, {}, { pause: last !== null })
  const organizationId = last ?? data?.viewer.organizations[0]?.id
  if (organizationId !== undefined)
    return <Navigate to="/console/$organizationId" params={{ organizationId }} replace />
  if (data !== undefined)
    return (
      <main className="state-page" role="alert">
        <h1>No organization</h1>
        <p>You are not a member of any organization. Somebody has to invite you to one.</p>
      </main>
    )
  return error === null ? (
    <Splash />
  ) : (
    <main>
      <LoadFailure error={error} onRetry={reload} />
    </main>
  )
}
