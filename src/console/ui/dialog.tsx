import { useState } from 'react'
import type { DialogProps } from './modal-dialog.tsx'
import { onDemand } from './on-demand.tsx'

const ModalDialog = onDemand<DialogProps>(async () => (await import('./modal-dialog.tsx')).ModalDialog)

/** A modal dialog. The focus stays inside, and returns to where it was. With `onSubmit` it is a form. */
export const Dialog = (props: DialogProps) => {
  const [wasOpened, setOpened] = useState(props.open)
  if (props.open && !wasOpened) setOpened(true)
  // Stays mounted after it was open: closing is an animation.
  return wasOpened && <ModalDialog {...props} />
}
