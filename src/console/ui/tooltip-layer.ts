// One tooltip for the whole page, in the top layer. It is a visual aid for what is also in the accessibility tree.

const GAP = 6
const EDGE = 8
/** So long the pointer has to travel from the control onto the tooltip (WCAG 1.4.13, hoverable). */
const LEAVE_MS = 120

let layer: HTMLElement | undefined
let anchor: Element | undefined
let leaving: ReturnType<typeof setTimeout> | undefined

const onKeyDown = (event: KeyboardEvent): void => {
  if (event.key === 'Escape') hideTooltip()
}

const createLayer = (): HTMLElement => {
  const element = document.createElement('div')
  element.className = 'tooltip'
  element.popover = 'manual'
  element.ariaHidden = 'true'
  element.addEventListener('pointerenter', () => clearTimeout(leaving))
  element.addEventListener('pointerleave', () => leaveTooltip())
  document.body.append(element)
  return element
}

/** Above the control, or below it where there is no room, and always within the page. */
const place = (element: HTMLElement, control: Element): void => {
  const around = control.getBoundingClientRect()
  const own = element.getBoundingClientRect()
  const above = around.top - own.height - GAP
  const left = around.left + around.width / 2 - own.width / 2
  element.style.top = `${above < EDGE ? around.bottom + GAP : above}px`
  element.style.left = `${Math.max(EDGE, Math.min(left, document.documentElement.clientWidth - own.width - EDGE))}px`
}

/** Shows the text at the control, in place of any other tooltip. */
export const showTooltip = (control: Element, text: string): void => {
  clearTimeout(leaving)
  layer ??= createLayer()
  layer.textContent = text
  anchor = control
  layer.showPopover()
  place(layer, control)
  document.addEventListener('keydown', onKeyDown, true)
  document.addEventListener('scroll', hideTooltip, { capture: true, passive: true })
}

/** Hides the tooltip. With a control: only where it is that control's. */
export const hideTooltip = (control?: unknown): void => {
  if (anchor === undefined || (control instanceof Element && control !== anchor)) return
  clearTimeout(leaving)
  anchor = undefined
  layer?.hidePopover()
  document.removeEventListener('keydown', onKeyDown, true)
  document.removeEventListener('scroll', hideTooltip, { capture: true })
}

/** Hides the tooltip soon, unless the pointer arrives on it or on another control. */
export const leaveTooltip = (): void => {
  clearTimeout(leaving)
  leaving = setTimeout(hideTooltip, LEAVE_MS)
}
