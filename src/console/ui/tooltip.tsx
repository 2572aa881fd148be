import { type FocusEvent, type PointerEvent, type ReactNode, useCallback, useLayoutEffect, useRef } from 'react'
import { hideTooltip, leaveTooltip, showTooltip } from './tooltip-layer.ts'

const HOVER_MS = 300

export interface TooltipProps {
  /** None: the control stands alone. */
  readonly text: string | undefined
  /** The control. Its accessible name or description has to say the same: the tooltip is for the eye alone. */
  readonly children: ReactNode
}

/** A short text on hover and on keyboard focus; Escape hides it. */
export const Tooltip = ({ text, children }: TooltipProps) => {
  const box = useRef<HTMLSpanElement>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const show = (): void => {
    const control = box.current?.firstElementChild
    if (control && text) showTooltip(control, text)
  }
  const stop = useCallback((): void => {
    clearTimeout(timer.current)
    if (box.current?.firstElementChild) hideTooltip(box.current.firstElementChild)
  }, [])
  // A layout effect ends while the control is still in the page.
  useLayoutEffect(() => stop, [stop])
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the control inside is interactive; this box listens for it
    <span
      ref={box}
      className="tooltip-box"
      onPointerEnter={(event: PointerEvent) => {
        if (event.pointerType === 'mouse') timer.current = setTimeout(show, HOVER_MS)
      }}
      onPointerLeave={() => {
        clearTimeout(timer.current)
        leaveTooltip()
      }}
      onFocus={(event: FocusEvent) => {
        if (event.target.matches(':focus-visible')) show()
      }}
      onBlur={stop}
    >
      {children}
    </span>
  )
}
