import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useData } from '../../data/use-data.ts'
import { StructureChildrenDocument, type StructureChildrenQuery } from '../../generated/graphql.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import type { NewThing } from './create-named-dialog.tsx'

type Branch = NonNullable<StructureChildrenQuery['organization']>
interface Twig {
  readonly id: string
  readonly name: string
  readonly slug: string
}

interface TreeActions {
  readonly onCreate: (thing: NewThing) => void
  readonly disabledReason: string | undefined
}

export interface OrganizationTreeProps extends TreeActions {
  readonly root: Twig & Branch
}

/** The organizations as a tree of lists. A branch is loaded when it is opened. */
export const OrganizationTree = ({ root, ...actions }: OrganizationTreeProps) => (
  <ul className="tree">
    <li>
      <Line organization={root} actions={actions} isHere />
      <Children branch={root} actions={actions} />
    </li>
  </ul>
)

const Children = ({ branch, actions }: { readonly branch: Branch; readonly actions: TreeActions }) => {
  if (branch.suborganizations.length + branch.projects.length === 0)
    return <p className="tree-empty muted small">Nothing below.</p>
  return (
    <ul>
      {branch.projects.map((project) => (
        <li key={project.id}>
          <span className="tree-line">
            <span className="tree-toggle" />
            <Icon name="folder" />
            <span className="tree-name">
              <span>{project.name}</span>
              <code className="muted">{project.slug}</code>
              <span className="muted small">Project</span>
            </span>
          </span>
        </li>
      ))}
      {branch.suborganizations.map((organization) => (
        <li key={organization.id}>
          <OpenableBranch organization={organization} actions={actions} />
        </li>
      ))}
    </ul>
  )
}

const OpenableBranch = ({ organization, actions }: { readonly organization: Twig; readonly actions: TreeActions }) => {
  const [isOpen, setOpen] = useState(false)
  const { data, error, reload } = useData(StructureChildrenDocument, { id: organization.id }, { pause: !isOpen })
  const branch = data?.organization
  return (
    <>
      <Line organization={organization} actions={actions} isOpen={isOpen} onToggle={() => setOpen(!isOpen)} />
      {isOpen &&
        (branch == null && error !== null ? (
          <p className="tree-empty muted small" role="alert">
            This could not be loaded.{' '}
            <Button size="small" variant="quiet" onClick={reload}>
              Try again
            </Button>
          </p>
        ) : branch == null ? (
          <p className="tree-empty muted small">Loading…</p>
        ) : (
          <Children branch={branch} actions={actions} />
        ))}
    </>
  )
}

interface LineProps {
  readonly organization: Twig
  readonly actions: TreeActions
  readonly isHere?: boolean
  readonly isOpen?: boolean
  readonly onToggle?: () => void
}

const Line = ({ organization, actions, isHere = false, isOpen = false, onToggle }: LineProps) => (
  <span className="tree-line">
    {onToggle === undefined ? (
      <span className="tree-toggle" />
    ) : (
      <button
        type="button"
        className="tree-toggle"
        aria-expanded={isOpen}
        aria-label={`What is below ${organization.name}`}
        onClick={onToggle}
      >
        <Icon name={isOpen ? 'chevron-down' : 'chevron-right'} />
      </button>
    )}
    <Icon name="building" />
    <span className="tree-name">
      {isHere ? (
        <strong>{organization.name}</strong>
      ) : (
        <Link to="/console/$organizationId/structure" params={{ organizationId: organization.id }}>
          {organization.name}
        </Link>
      )}
      <code className="muted">{organization.slug}</code>
    </span>
    <span className="tree-actions">
      <IconButton
        icon="folder"
        size="small"
        label={`New project in ${organization.name}`}
        disabledReason={actions.disabledReason}
        onClick={() => actions.onCreate({ kind: 'project', organizationId: organization.id, in: organization.name })}
      />
      <IconButton
        icon="plus"
        size="small"
        label={`New sub-organization of ${organization.name}`}
        disabledReason={actions.disabledReason}
        onClick={() =>
          actions.onCreate({ kind: 'organization', organizationId: organization.id, in: organization.name })
        }
      />
    </span>
  </span>
)
