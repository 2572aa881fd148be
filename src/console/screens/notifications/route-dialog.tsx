import { useState } from 'react'
import { parseDuration } from '../../../kernel/duration.ts'
import { useAction } from '../../data/use-action.ts'
import {
  type AuditEventType,
  NotificationsCreateDocument,
  NotificationsUpdateDocument,
  type RouteFieldsFragment,
} from '../../generated/graphql.ts'
import { issueOf } from '../../keys/issue-of.ts'
import { CopyAs } from '../../shell/copy-as.tsx'
import { useToasts } from '../../shell/toasts.tsx'
import { Button } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Checkbox } from '../../ui/choice.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Select } from '../../ui/select.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import { CHANNEL_OPTIONS, emptyTarget, targetOf } from './channels.ts'
import { createCommand, withoutCredential } from './create-command.ts'
import type { NewSecret } from './notifications-screen.tsx'
import { TargetFields } from './target-fields.tsx'
import { TypesField } from './types-field.tsx'

const DEFAULT_TYPES: readonly AuditEventType[] = [
  'KEY_EXPIRY_WARNING',
  'KEY_EXPIRED',
  'KEY_LEAKED',
  'RETIRED_SECRET_USED',
]

export interface RouteDialogProps {
  readonly organizationId: string
  /** The route to change; null for a new one. */
  readonly route: RouteFieldsFragment | null
  readonly projects: readonly { readonly id: string; readonly name: string }[]
  readonly onClose: () => void
  readonly onSecret: (secret: NewSecret) => void
}

/** Creates a route, or changes one. */
export const RouteDialog = ({ organizationId, route, projects, onClose, onSecret }: RouteDialogProps) => {
  const [name, setName] = useState(route?.name ?? '')
  const [target, setTarget] = useState(() => emptyTarget(route?.channel ?? 'WEBHOOK'))
  const [isNewTarget, setNewTarget] = useState(route === null)
  const [types, setTypes] = useState<readonly AuditEventType[]>(route?.types ?? DEFAULT_TYPES)
  const [threshold, setThreshold] = useState(route?.maximumThreshold ?? '')
  const [projectId, setProjectId] = useState('')
  const create = useAction(NotificationsCreateDocument, { errors: 'inline' })
  const update = useAction(NotificationsUpdateDocument, { errors: 'inline' })
  const toasts = useToasts()
  const action = route === null ? create : update
  const given = targetOf(target)
  const maximumThreshold = threshold.trim() === '' ? null : threshold.trim().toUpperCase()
  const isThreshold = maximumThreshold === null || parseDuration(maximumThreshold) !== null
  const missing =
    name.trim() === ''
      ? 'Enter a name.'
      : isNewTarget && given === null
        ? 'Say where it sends.'
        : types.length === 0
          ? 'Choose at least one type of event.'
          : isThreshold
            ? null
            : 'Correct the threshold first.'
  const common = { name: name.trim(), types: [...types], maximumThreshold }
  const createVariables = {
    input: { organizationId, ...common, target: given ?? {}, ...(projectId === '' ? {} : { projectId }) },
  }
  const updateVariables = {
    input: { id: route?.id ?? '', ...common, ...(isNewTarget && given !== null ? { target: given } : {}) },
  }
  const submit = async () => {
    if (missing !== null) return
    const done =
      route === null
        ? (await create.run(createVariables))?.createNotificationRoute
        : (await update.run(updateVariables))?.updateNotificationRoute
    if (done === undefined) return
    onClose()
    if (done.signingSecret == null) toasts.show(`Saved ${done.route.name}`)
    else onSecret({ name: done.route.name, secret: done.signingSecret })
  }
  const targetIssue = issueOf(action.error, 'target')
  return (
    <Dialog
      open
      size="large"
      title={route === null ? 'New notification route' : `Change “${route.name}”`}
      onClose={onClose}
      onSubmit={() => void submit()}
      footer={
        <>
          {route === null ? (
            <CopyAs
              document={NotificationsCreateDocument}
              variables={{ input: { ...createVariables.input, target: withoutCredential(given ?? {}) } }}
              command={given === null ? null : createCommand(createVariables.input)}
            />
          ) : (
            <CopyAs
              document={NotificationsUpdateDocument}
              variables={{
                input: {
                  ...updateVariables.input,
                  ...(isNewTarget && given !== null ? { target: withoutCredential(given) } : {}),
                },
              }}
              command={null}
            />
          )}
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={action.isRunning} disabledReason={missing}>
            {route === null ? 'Create the route' : 'Save'}
          </Button>
        </>
      }
    >
      <Field label="Name" required error={issueOf(action.error, 'name')}>
        <TextInput value={name} maxLength={100} onChange={({ target: field }) => setName(field.value)} />
      </Field>
      {route !== null && (
        <Checkbox
          label="Send somewhere else"
          hint={`Now: ${route.target ?? 'hidden from you'}`}
          checked={isNewTarget}
          onChange={setNewTarget}
        />
      )}
      {isNewTarget && (
        <>
          <Field label="Channel">
            <Select
              value={target.channel}
              options={CHANNEL_OPTIONS}
              onChange={(channel) => setTarget(emptyTarget(channel))}
            />
          </Field>
          <TargetFields value={target} onChange={setTarget} error={targetIssue} />
        </>
      )}
      <TypesField value={types} onChange={setTypes} />
      <Field
        label="Only warnings at most this long before the expiry"
        optional
        hint="An ISO 8601 duration, such as P7D. Empty for all warnings."
        error={isThreshold ? issueOf(action.error, 'maximumThreshold') : 'Write a duration such as P7D or PT12H.'}
      >
        <TextInput mono value={threshold} onChange={({ target: field }) => setThreshold(field.value)} />
      </Field>
      {route === null && projects.length > 0 && (
        <Field label="Project" hint="Only events about keys of this project.">
          <Select
            value={projectId}
            options={[
              { value: '', label: 'All keys' },
              ...projects.map((project) => ({ value: project.id, label: project.name })),
            ]}
            onChange={setProjectId}
          />
        </Field>
      )}
      {action.error !== null && (action.error.issues === undefined || targetIssue === undefined) && (
        <Callout tone="bad">{action.error.message}</Callout>
      )}
    </Dialog>
  )
}
