import { getRouteApi } from '@tanstack/react-router'
import { PartFailure } from '../../app/load-failure.tsx'
import { useData } from '../../data/use-data.ts'
import { useLogRefresh } from '../../data/use-log-refresh.ts'
import { readFragment } from '../../generated/fragment-masking.ts'
import { PoliciesPageDocument, PolicyFieldsFragmentDoc } from '../../generated/graphql.ts'
import { useRights } from '../../rights/rights.ts'
import { PageHeader } from '../../ui/layout.tsx'
import { NoPermission, Skeleton } from '../../ui/states.tsx'
import { PolicyForm } from './policy-form.tsx'
import './policies.css'

const route = getRouteApi('/console/$organizationId/policies')

/** The rules for keys: what holds, where it comes from, and what a change would do. */
export const PoliciesScreen = () => {
  const { organizationId } = route.useParams()
  const mayRead = useRights().has('keys', 'VIEWER')
  useLogRefresh(organizationId)
  const { data, error, reload } = useData(PoliciesPageDocument, { organizationId }, { pause: !mayRead })
  const organization = data?.organization
  const policy = readFragment(PolicyFieldsFragmentDoc, organization?.policy ?? null)
  const above = readFragment(PolicyFieldsFragmentDoc, organization?.parent?.policy ?? null)
  return (
    <>
      <PageHeader
        title="Policies"
        description="The rules for keys here. Below an organization a rule can only become stricter. Keys that exist stay as they are."
      />
      {!mayRead ? (
        <NoPermission grant="keys:viewer" what="the policy" />
      ) : organization == null || policy === null ? (
        error === null ? (
          <Skeleton lines={10} />
        ) : (
          <PartFailure error={error} onRetry={reload} />
        )
      ) : (
        <PolicyForm
          key={organizationId}
          organizationId={organizationId}
          policy={policy}
          parent={above === null ? null : { name: organization.parent?.name ?? '', policy: above }}
        />
      )}
    </>
  )
}
