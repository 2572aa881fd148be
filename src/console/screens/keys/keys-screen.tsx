import { getRouteApi } from '@tanstack/react-router'
import { CreateKeyLink } from '../../keys/create-key-link.tsx'
import { useRights } from '../../rights/rights.ts'
import { Button } from '../../ui/button.tsx'
import { PageHeader } from '../../ui/layout.tsx'
import { NoPermission } from '../../ui/states.tsx'
import { KeyList } from './key-list.tsx'
import './keys.css'

const route = getRouteApi('/console/$organizationId/keys')

/** The keys of the organization and of everything below it. */
export const KeysScreen = () => {
  const { organizationId } = route.useParams()
  const { has, denied } = useRights()
  const refusal = denied('keys', 'OPERATOR')
  return (
    <>
      <PageHeader
        title="Keys"
        description="API keys of machines, and the personal keys of people."
        actions={
          refusal === undefined ? (
            <CreateKeyLink organizationId={organizationId} />
          ) : (
            <Button variant="primary" icon="plus" disabledReason={refusal}>
              Create a key
            </Button>
          )
        }
      />
      {has('keys', 'VIEWER') ? <KeyList /> : <NoPermission grant="keys:viewer" what="the keys" />}
    </>
  )
}
