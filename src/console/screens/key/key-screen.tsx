import { getRouteApi, Navigate } from '@tanstack/react-router'
import { LoadFailure } from '../../app/load-failure.tsx'
import { NotFound } from '../../app/not-found.tsx'
import { useData } from '../../data/use-data.ts'
import { usePolling } from '../../data/use-polling.ts'
import { readFragment } from '../../generated/fragment-masking.ts'
import { KeyFactsFragmentDoc, KeyPageDocument } from '../../generated/graphql.ts'
import { useRights } from '../../rights/rights.ts'
import { Skeleton } from '../../ui/states.tsx'
import { isAboutKey } from './about-key.ts'
import { rotationOf } from './key-facts.ts'
import { KeyPage } from './key-page.tsx'
import './key.css'

const route = getRouteApi('/console/$organizationId/keys/$keyId')

/** A use is no event, so last uses are polled: often while a rotation waits for its client. */
const POLL_MS = { rotating: 1_500, otherwise: 15_000 } as const

/** The screen "A key". */
export const KeyScreen = () => {
  const { organizationId, keyId } = route.useParams()
  const rights = useRights()
  const { data, error, isLoading, reload } = useData(
    KeyPageDocument,
    { id: keyId, operator: rights.has('keys', 'OPERATOR'), manager: rights.has('keys', 'MANAGER') },
    { concerns: isAboutKey(keyId) },
  )
  const key = readFragment(KeyFactsFragmentDoc, data?.key)
  usePolling(reload, key && rotationOf(key) ? POLL_MS.rotating : POLL_MS.otherwise)
  if (!key || key.id !== keyId) {
    if (isLoading && error === null) return <Skeleton lines={8} />
    return error === null ? <NotFound /> : <LoadFailure error={error} onRetry={reload} />
  }
  // Rights and live events are those of the organization in the address: it must be the key's own.
  if (key.organization.id !== organizationId)
    return (
      <Navigate
        to="/console/$organizationId/keys/$keyId"
        params={{ organizationId: key.organization.id, keyId }}
        search
        replace
      />
    )
  return <KeyPage keyFacts={key} onChanged={reload} />
}
