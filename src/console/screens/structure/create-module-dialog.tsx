import { useState } from 'react'
import { useAction } from '../../data/use-action.ts'
import { StructureDefineModuleDocument } from '../../generated/graphql.ts'
import { issueOf } from '../../keys/issue-of.ts'
import { CopyAs } from '../../shell/copy-as.tsx'
import { useToasts } from '../../shell/toasts.tsx'
import { Button } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { TextArea, TextInput } from '../../ui/text-input.tsx'

const SHAPE = /^[a-z][a-z0-9_-]{0,49}$/

export interface CreateModuleDialogProps {
  readonly organizationId: string
  readonly onClose: () => void
}

/** Defines a module of the customer's own product. */
export const CreateModuleDialog = ({ organizationId, onClose }: CreateModuleDialogProps) => {
  const [name, setName] = useState('')
  const [description, setDescription] = useState('')
  const define = useAction(StructureDefineModuleDocument, { errors: 'inline' })
  const toasts = useToasts()
  const variables = {
    input: { organizationId, name, ...(description.trim() === '' ? {} : { description: description.trim() }) },
  }
  const isMalformed = name !== '' && !SHAPE.test(name)
  const missing = name === '' ? 'Enter a name.' : isMalformed ? 'Correct the name first.' : null
  const submit = async () => {
    if (missing !== null || (await define.run(variables)) === null) return
    toasts.show(`Defined the module ${name}`)
    onClose()
  }
  const malformed = isMalformed ? 'Use a-z, 0-9, _ and -, and begin with a letter.' : undefined
  return (
    <Dialog
      open
      title="Define a module"
      onClose={onClose}
      onSubmit={() => void submit()}
      footer={
        <>
          <CopyAs document={StructureDefineModuleDocument} variables={variables} command={null} />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={define.isRunning} disabledReason={missing}>
            Define
          </Button>
        </>
      }
    >
      <Field
        label="Name"
        required
        hint="As it stands in grants, such as build in build:operator."
        error={malformed ?? issueOf(define.error, 'name')}
      >
        <TextInput mono value={name} maxLength={50} onChange={({ target }) => setName(target.value)} />
      </Field>
      <Field label="Description" optional error={issueOf(define.error, 'description')}>
        <TextArea value={description} maxLength={1_000} onChange={({ target }) => setDescription(target.value)} />
      </Field>
      {define.error !== null && define.error.issues === undefined && (
        <Callout tone="bad">{define.error.message}</Callout>
      )}
    </Dialog>
  )
}
