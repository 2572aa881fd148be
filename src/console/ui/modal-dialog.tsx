import { Dialog as Base } from '@base-ui/react/dialog'
import { type ReactNode, type RefObject, useRef } from 'react'
import { IconButton } from './button.tsx'

export interface DialogProps {
  readonly open: boolean
  /** Called when the dialog asks to close. Never called where `closesOnlyByAction` is set. */
  readonly onClose: () => void
  readonly title: ReactNode
  readonly children: ReactNode
  readonly footer?: ReactNode
  readonly size?: 'normal' | 'large'
  /** No close button, Escape or press outside: only an action in the dialog closes it. */
  readonly closesOnlyByAction?: boolean
  readonly initialFocus?: RefObject<HTMLElement | null>
  readonly onSubmit?: () => void
}

/** Where the focus begins: at the first control of the content, or else at the first button that opens no menu. */
const FIRST_CONTROL =
  '.dialog__body :is(input, select, textarea, button, a[href], summary), .dialog__footer button:not([aria-haspopup])'

/** The dialog itself. The focus stays inside, and returns to where it was. With `onSubmit` it is a form. */
export const ModalDialog = ({ open, onClose, closesOnlyByAction = false, initialFocus, ...content }: DialogProps) => {
  const popup = useRef<HTMLDivElement>(null)
  const first = () => popup.current?.querySelector<HTMLElement>(FIRST_CONTROL) ?? true
  return (
    <Base.Root
      open={open}
      disablePointerDismissal={closesOnlyByAction}
      onOpenChange={(next, details) => {
        if (next) return
        if (closesOnlyByAction) details.cancel()
        else onClose()
      }}
    >
      <Base.Portal>
        <Base.Backdrop className="scrim" />
        <Base.Popup ref={popup} className="dialog" data-size={content.size} initialFocus={initialFocus ?? first}>
          <DialogContent {...content} {...(!closesOnlyByAction && { onClose })} />
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

type ContentProps = Pick<DialogProps, 'title' | 'children' | 'footer' | 'onSubmit'> & { readonly onClose?: () => void }

const DialogContent = ({ title, children, footer, onSubmit, onClose }: ContentProps) => {
  const header = (
    <header className="dialog__header">
      <Base.Title className="dialog__title">{title}</Base.Title>
      {onClose && <IconButton icon="cross" label="Close" size="small" onClick={onClose} />}
    </header>
  )
  const body = <div className="dialog__body">{children}</div>
  const end = footer && <footer className="dialog__footer">{footer}</footer>
  if (!onSubmit)
    return (
      <>
        {header}
        {body}
        {end}
      </>
    )
  return (
    <form
      className="dialog__form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        // A dialog may stand in the markup of another form.
        event.stopPropagation()
        onSubmit()
      }}
    >
      {header}
      {body}
      {end}
    </form>
  )
}
