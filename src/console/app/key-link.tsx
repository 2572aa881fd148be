import { Navigate, useParams } from '@tanstack/react-router'
import { useData } from '../data/use-data.ts'
import { KeyPlaceDocument } from '../generated/graphql.ts'
import { LoadFailure } from './load-failure.tsx'
import { BareNotFound, Splash } from './not-found.tsx'

/** Leads from a key's id to its page in its organization. */
export const KeyLink = () => {
  const { keyId } = useParams({ from: '/console/keys/$keyId' })
  const { data, error, reload } = useData(KeyPlaceDocument, { id: keyId })
  if (data === undefined)
    return error === null ? (
      <Splash />
    ) : (
      <main>
        <LoadFailure error={error} onRetry={reload} />
      </main>
    )
  if (data.key === null || data.key === undefined) return <BareNotFound />
  const organizationId = data.key.organization.id
  return <Navigate to="/console/$organizationId/keys/$keyId" params={{ organizationId, keyId }} replace />
}
