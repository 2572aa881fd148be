import { useParams } from '@tanstack/react-router'
import { useEffect } from 'react'
import { lastOrganization } from '../app/last-organization.ts'
import { LoadFailure } from '../app/load-failure.tsx'
import { BareNotFound, Splash } from '../app/not-found.tsx'
import { LiveContext } from '../data/console-context.ts'
import { useData } from '../data/use-data.ts'
import { ShellOrganizationDocument, ShellViewerDocument } from '../generated/graphql.ts'
import { RightsContext, rightsOf } from '../rights/rights.ts'
import { PlaceContext } from './place.ts'
import { ShellFrame } from './shell-frame.tsx'
import { useOrganizationFeed } from './use-organization-feed.ts'

/** Everything around a screen of an organization: who is signed in, what they may do here, and its live events. */
export const OrganizationShell = () => {
  const { organizationId } = useParams({ from: '/console/$organizationId' })
  const viewer = useData(ShellViewerDocument, {}, { live: false })
  const place = useData(ShellOrganizationDocument, { id: organizationId }, { live: false })
  const organization = place.data?.organization
  const grants = place.data?.viewer.grants
  const isShown = organization?.id === organizationId && grants !== undefined
  const live = useOrganizationFeed(organizationId, isShown ? grants : null)
  const error = viewer.error ?? place.error
  const isRefused = !isShown && (error?.code === 'NOT_FOUND' || error?.code === 'BAD_USER_INPUT')
  useEffect(() => {
    if (isShown) lastOrganization.write(organizationId)
    if (isRefused) lastOrganization.forget(organizationId)
  }, [isShown, isRefused, organizationId])

  if (viewer.data === undefined || place.data === undefined) {
    if (error === null) return <Splash />
    return (
      <main>
        <LoadFailure error={error} onRetry={() => location.reload()} />
      </main>
    )
  }
  if (organization == null && !place.isLoading) return <BareNotFound />
  if (!isShown) return <Splash />
  return (
    <PlaceContext value={{ viewer: viewer.data.viewer, organization }}>
      <RightsContext value={rightsOf(grants)}>
        <LiveContext value={live}>
          <ShellFrame />
        </LiveContext>
      </RightsContext>
    </PlaceContext>
  )
}
