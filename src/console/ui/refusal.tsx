import type { ReactNode } from 'react'
import { Tooltip } from './tooltip.tsx'

export interface RefusalProps {
  readonly reason: string | null | undefined
  /** The id that the control's aria-describedby names. */
  readonly id: string
  readonly children: ReactNode
}

/** A control together with the reason why it is refused, as a tooltip and for screen readers; without a reason, the control. */
export const Refusal = ({ reason, id, children }: RefusalProps) =>
  reason ? (
    <>
      <Tooltip text={reason}>{children}</Tooltip>
      <span id={id} className="visually-hidden">
        {reason}
      </span>
    </>
  ) : (
    children
  )
