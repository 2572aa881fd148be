import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { PartFailure } from '../../app/load-failure.tsx'
import { useData } from '../../data/use-data.ts'
import { useLogRefresh } from '../../data/use-log-refresh.ts'
import { StructureOrganizationDocument } from '../../generated/graphql.ts'
import { useRights } from '../../rights/rights.ts'
import { Button } from '../../ui/button.tsx'
import { Card, PageHeader } from '../../ui/layout.tsx'
import { Skeleton } from '../../ui/states.tsx'
import { CreateModuleDialog } from './create-module-dialog.tsx'
import { CreateNamedDialog, type NewThing } from './create-named-dialog.tsx'
import { ModuleList } from './module-list.tsx'
import { OrganizationTree } from './organization-tree.tsx'
import './structure.css'

const route = getRouteApi('/console/$organizationId/structure')

const ABOUT = 'Grants in an organization hold in everything below it. Projects group API keys.'

/** The organizations below, their projects, and the modules in which roles are granted. */
export const StructureScreen = () => {
  const { organizationId } = route.useParams()
  const { denied } = useRights()
  const [creating, setCreating] = useState<NewThing | 'module' | null>(null)
  useLogRefresh(organizationId)
  const { data, error, reload } = useData(StructureOrganizationDocument, { id: organizationId })
  const organization = data?.organization
  if (organization == null)
    return (
      <>
        <PageHeader title="Structure" description={ABOUT} />
        {error === null ? <Skeleton lines={8} /> : <PartFailure error={error} onRetry={reload} />}
      </>
    )
  const refusal = denied('members', 'MANAGER')
  const notRoot =
    organization.parent == null
      ? refusal
      : 'Modules are defined in the root organization, and hold in everything below it.'
  const create = (thing: NewThing) => setCreating(thing)
  return (
    <>
      <PageHeader
        title="Structure"
        description={ABOUT}
        actions={
          <>
            <Button
              icon="plus"
              disabledReason={refusal}
              onClick={() => create({ kind: 'project', organizationId, in: organization.name })}
            >
              New project
            </Button>
            <Button
              icon="plus"
              variant="primary"
              disabledReason={refusal}
              onClick={() => create({ kind: 'organization', organizationId, in: organization.name })}
            >
              New sub-organization
            </Button>
          </>
        }
      />
      <div className="stack" data-gap="large">
        <Card title="Organizations and projects">
          <OrganizationTree root={organization} onCreate={create} disabledReason={refusal} />
        </Card>
        <Card
          title="Modules"
          description="Areas in which roles are granted to people and keys."
          flush
          actions={
            <Button size="small" icon="plus" disabledReason={notRoot ?? refusal} onClick={() => setCreating('module')}>
              Define a module
            </Button>
          }
        >
          <ModuleList modules={organization.modules} />
        </Card>
      </div>
      {creating === 'module' && (
        <CreateModuleDialog organizationId={organizationId} onClose={() => setCreating(null)} />
      )}
      {creating !== null && creating !== 'module' && (
        <CreateNamedDialog thing={creating} onClose={() => setCreating(null)} />
      )}
    </>
  )
}
