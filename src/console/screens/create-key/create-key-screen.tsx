import { LoadFailure } from '../../app/load-failure.tsx'
import { useData } from '../../data/use-data.ts'
import { CreateKeyPlaceDocument } from '../../generated/graphql.ts'
import { KeysLink } from '../../keys/keys-link.tsx'
import { useRights } from '../../rights/rights.ts'
import { usePlace } from '../../shell/place.ts'
import { PageHeader } from '../../ui/layout.tsx'
import { Skeleton } from '../../ui/states.tsx'
import { CreateKeyFlow } from './create-key-flow.tsx'
import './create-key.css'

/** The screen "Create a key": what the form needs to know, then the form. */
export const CreateKeyScreen = () => {
  const { organization } = usePlace()
  const rights = useRights()
  const { data, error, reload } = useData(
    CreateKeyPlaceDocument,
    { organizationId: organization.id, readPolicy: rights.has('keys', 'VIEWER') },
    // A draft must not change under the hands of the person.
    { live: false },
  )
  if (!data?.organization && error !== null) return <LoadFailure error={error} onRetry={reload} />
  return (
    <div className="create-key">
      <PageHeader
        parent={<KeysLink organizationId={organization.id} />}
        title="Create a key"
        description="A program proves who it is with the secret of a key. The key says what the program may do, for how long, and from where."
      />
      {data?.organization ? <CreateKeyFlow place={data.organization} /> : <Skeleton lines={8} />}
    </div>
  )
}
