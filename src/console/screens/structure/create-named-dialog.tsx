import { useState } from 'react'
import { useAction } from '../../data/use-action.ts'
import { StructureCreateOrganizationDocument, StructureCreateProjectDocument } from '../../generated/graphql.ts'
import { issueOf } from '../../keys/issue-of.ts'
import { CopyAs } from '../../shell/copy-as.tsx'
import { useToasts } from '../../shell/toasts.tsx'
import { Button } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { TextInput } from '../../ui/text-input.tsx'

/** A project or sub-organization to create, and where. */
export interface NewThing {
  readonly kind: 'project' | 'organization'
  readonly organizationId: string
  /** Name of that organization. */
  readonly in: string
}

const TITLES = { project: 'New project in', organization: 'New sub-organization of' } as const

/** Creates a project or a sub-organization: both have a name and a slug. */
export const CreateNamedDialog = ({ thing, onClose }: { readonly thing: NewThing; readonly onClose: () => void }) => {
  const [name, setName] = useState('')
  const [slug, setSlug] = useState('')
  const project = useAction(StructureCreateProjectDocument, { errors: 'inline' })
  const organization = useAction(StructureCreateOrganizationDocument, { errors: 'inline' })
  const toasts = useToasts()
  const isProject = thing.kind === 'project'
  const action = isProject ? project : organization
  const given = { name: name.trim(), ...(slug.trim() === '' ? {} : { slug: slug.trim() }) }
  const projectInput = { input: { ...given, organizationId: thing.organizationId } }
  const organizationInput = { input: { ...given, parentId: thing.organizationId } }
  const missing = name.trim() === '' ? 'Enter a name.' : null
  const submit = async () => {
    if (missing !== null) return
    const done = isProject ? await project.run(projectInput) : await organization.run(organizationInput)
    if (done === null) return
    toasts.show(`Created ${given.name}`)
    onClose()
  }
  const [nameIssue, slugIssue] = [issueOf(action.error, 'name'), issueOf(action.error, 'slug')]
  return (
    <Dialog
      open
      title={`${TITLES[thing.kind]} ${thing.in}`}
      onClose={onClose}
      onSubmit={() => void submit()}
      footer={
        <>
          {isProject ? (
            <CopyAs document={StructureCreateProjectDocument} variables={projectInput} command={null} />
          ) : (
            <CopyAs document={StructureCreateOrganizationDocument} variables={organizationInput} command={null} />
          )}
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={action.isRunning} disabledReason={missing}>
            Create
          </Button>
        </>
      }
    >
      <Field label="Name" required error={nameIssue}>
        <TextInput value={name} maxLength={100} onChange={({ target }) => setName(target.value)} />
      </Field>
      <Field
        label="Slug"
        optional
        hint="A short name for addresses and commands. Derived from the name if empty."
        error={slugIssue}
      >
        <TextInput mono value={slug} onChange={({ target }) => setSlug(target.value)} />
      </Field>
      <p className="muted small">Neither the name nor the slug can be changed later.</p>
      {action.error !== null && nameIssue === undefined && slugIssue === undefined && (
        <Callout tone="bad">{action.error.message}</Callout>
      )}
    </Dialog>
  )
}
