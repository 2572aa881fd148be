import type { RouteFieldsFragment } from '../../generated/graphql.ts'
import type { NewSecret } from './notifications-screen.tsx'
import { DeleteRoute, Redeliver, RotateSecret } from './route-confirmations.tsx'
import { RouteDialog } from './route-dialog.tsx'

/** What is done with a route in a dialog. */
export type RouteTask = 'edit' | 'delete' | 'redeliver' | 'rotate'

export interface RouteTaskDialogProps {
  readonly task: RouteTask
  /** The route as it was when the dialog was opened: what somebody types does not change under them. */
  readonly route: RouteFieldsFragment
  readonly organizationId: string
  readonly projects: readonly { readonly id: string; readonly name: string }[]
  readonly onClose: () => void
  readonly onSecret: (secret: NewSecret) => void
}

/** The dialog of a task. It stands beside the list, so it stays when its route is deleted by somebody else. */
export const RouteTaskDialog = ({ task, ...props }: RouteTaskDialogProps) => {
  const { route, onClose, onSecret } = props
  switch (task) {
    case 'edit':
      return <RouteDialog {...props} />
    case 'delete':
      return <DeleteRoute route={route} onClose={onClose} />
    case 'redeliver':
      return <Redeliver route={route} onClose={onClose} />
    case 'rotate':
      return <RotateSecret route={route} onClose={onClose} onSecret={onSecret} />
  }
}
