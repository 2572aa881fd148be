import { useState } from 'react'
import { useAction } from '../../data/use-action.ts'
import {
  NotificationsDeleteDocument,
  NotificationsRedeliverDocument,
  NotificationsUpdateDocument,
  type RouteFieldsFragment,
} from '../../generated/graphql.ts'
import { CopyAs } from '../../shell/copy-as.tsx'
import { useToasts } from '../../shell/toasts.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import type { NewSecret } from './notifications-screen.tsx'

interface ConfirmationProps {
  readonly route: RouteFieldsFragment
  readonly onClose: () => void
}

/** Asks before a route is deleted. */
export const DeleteRoute = ({ route, onClose }: ConfirmationProps) => {
  const remove = useAction(NotificationsDeleteDocument, { errors: 'inline' })
  const variables = { input: { id: route.id } }
  const confirm = async () => {
    if ((await remove.run(variables)) !== null) onClose()
  }
  return (
    <ConfirmDialog
      open
      danger
      title={`Delete “${route.name}”?`}
      action="Delete"
      onClose={onClose}
      onConfirm={confirm}
      error={remove.error?.message}
      extra={
        <CopyAs
          document={NotificationsDeleteDocument}
          variables={variables}
          command={`keyturn notifications delete ${route.id} --yes`}
        />
      }
    >
      <p>
        {route.enabled ? 'It stops sending at once. ' : ''}Its deliveries are deleted with it, also those that wait for
        another attempt. This cannot be undone.
      </p>
    </ConfirmDialog>
  )
}

/** Sends events again, from a position of the audit log on. */
export const Redeliver = ({ route, onClose }: ConfirmationProps) => {
  const [after, setAfter] = useState(String(Math.max(0, route.position - 1)))
  const redeliver = useAction(NotificationsRedeliverDocument, { errors: 'inline' })
  const toasts = useToasts()
  const isNumber = /^\d{1,15}$/.test(after.trim())
  const variables = { input: { routeId: route.id, afterSequence: Number(after) } }
  const confirm = async () => {
    if (!isNumber || (await redeliver.run(variables)) === null) return
    toasts.show('The events are sent again')
    onClose()
  }
  return (
    <ConfirmDialog
      open
      title={`Send events by “${route.name}” again?`}
      action="Send again"
      onClose={onClose}
      onConfirm={confirm}
      error={redeliver.error?.message}
      extra={<CopyAs document={NotificationsRedeliverDocument} variables={variables} command={null} />}
    >
      <p>Deliveries keep their ids, so a receiver that has seen one can leave it out.</p>
      <Field
        label="After event number"
        hint={`The route has read up to event ${route.position}. 0 sends everything again.`}
        error={isNumber ? undefined : 'Write the number of an event, or 0.'}
      >
        <TextInput inputMode="numeric" value={after} onChange={({ target }) => setAfter(target.value)} />
      </Field>
    </ConfirmDialog>
  )
}

export interface RotateSecretProps extends ConfirmationProps {
  readonly onSecret: (secret: NewSecret) => void
}

/** Makes a new signing secret; the old one signs too for a day. */
export const RotateSecret = ({ route, onClose, onSecret }: RotateSecretProps) => {
  const update = useAction(NotificationsUpdateDocument, { errors: 'inline' })
  const variables = { input: { id: route.id, rotateSigningSecret: true } }
  const confirm = async () => {
    const secret = (await update.run(variables))?.updateNotificationRoute.signingSecret
    if (secret == null) return
    onClose()
    onSecret({ name: route.name, secret })
  }
  return (
    <ConfirmDialog
      open
      title={`Rotate the signing secret of “${route.name}”?`}
      action="Rotate"
      onClose={onClose}
      onConfirm={confirm}
      error={update.error?.message}
      extra={<CopyAs document={NotificationsUpdateDocument} variables={variables} command={null} />}
    >
      <p>Messages carry two signatures for 24 hours: give the receiver the new secret in that time.</p>
    </ConfirmDialog>
  )
}
