import { Popover as Base } from '@base-ui/react/popover'
import type { ReactElement, ReactNode } from 'react'

export interface PopoverProps {
  readonly trigger: ReactElement<Record<string, unknown>>
  readonly title: string
  readonly children: ReactNode
  readonly open?: boolean
  readonly onOpenChange?: (open: boolean) => void
}

/** A small panel beside the control that opens it. Escape and a press outside close it. */
export const Popover = ({ trigger, title, children, open, onOpenChange }: PopoverProps) => (
  <Base.Root {...(open !== undefined && { open })} {...(onOpenChange && { onOpenChange })}>
    <Base.Trigger render={trigger} />
    <Base.Portal>
      <Base.Positioner className="popup__positioner" sideOffset={6} collisionPadding={8} align="start">
        <Base.Popup className="popup" data-padded="">
          <Base.Title className="visually-hidden">{title}</Base.Title>
          {children}
        </Base.Popup>
      </Base.Positioner>
    </Base.Portal>
  </Base.Root>
)
