import { Navigate } from '@tanstack/react-router'
import { useData } from '../data/use-data.ts'
import { ShellViewerDocument } from '../generated/graphql.ts'
import { lastOrganization } from './last-organization.ts'
import { LoadFailure, Splash } from './not-found.tsx'

/** The start: leads to the organization that was shown last, or to the first of the person's. */
export const Home = () => {
  const { data, error, reload } = useData(ShellViewerDocument, {})
  if (data === undefined) return error === null ? <Splash /> : <LoadFailure error={error} onRetry={reload} />
  const last = lastOrganization.read()
  const organizationId = last?.startsWith('org_') ? last : data.viewer.organizations[0]?.id
  if (organizationId === undefined) return <p role="alert">You are not a member of any organization.</p>
  return <Navigate to="/console/$organizationId" params={{ organizationId }} replace />
}
