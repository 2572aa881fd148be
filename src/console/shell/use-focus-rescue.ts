import { useEffect } from 'react'

const FOCUSABLE =
  ':is(a[href], button, input, select, textarea, summary, [tabindex="0"]):not([disabled], [tabindex="-1"])'

/** What places the focus by itself while it is open, and closes when it leaves. */
const POPUPS = ':is([role="menu"], [role="listbox"], [role="dialog"], [role="alertdialog"])'

/**
 * Where the focus was last within the screen: the control, and what is around it, from the inside out. Weak: what left the
 * page would otherwise keep all that its components knew in memory, a secret among it.
 */
type Trail = readonly WeakRef<Element>[]

const isGone = (one: WeakRef<Element> | undefined): boolean => one !== undefined && one.deref()?.isConnected !== true

const trailOf = (control: Element, screen: Element): Trail => {
  const trail: WeakRef<Element>[] = []
  for (let one: Element | null = control; one !== null && one !== screen; one = one.parentElement)
    trail.push(new WeakRef(one))
  return trail
}

/** The first control of the nearest thing around that is still there, or the screen itself. */
const heirOf = (trail: Trail, screen: HTMLElement): HTMLElement => {
  for (const one of trail) {
    const control = isGone(one) ? null : one.deref()?.querySelector<HTMLElement>(FOCUSABLE)
    if (control != null) return control
  }
  return screen
}

/**
 * Somebody without a mouse must not start at the top again when the control that they used goes away, such as the button of
 * a warning that they acknowledged. `id`: the element around the screen.
 */
export const useFocusRescue = (id: string): void => {
  useEffect(() => {
    const screen = document.getElementById(id)
    if (screen === null) return
    let trail: Trail = []
    let frame = 0
    const remember = ({ target }: FocusEvent) => {
      if (target instanceof Element && target !== screen) trail = trailOf(target, screen)
    }
    const isLost = () => document.activeElement === document.body && isGone(trail[0])
    const rescue = () => {
      frame = 0
      if (!isLost() || document.querySelector(POPUPS) !== null) return
      const heir = heirOf(trail, screen)
      trail = []
      heir.focus({ preventScroll: true })
    }
    // The whole page: a dialog that closes gives the focus back to what may be gone.
    const observer = new MutationObserver(() => {
      // Two frames later: what opens, or takes the place of the control, may take the focus by then.
      if (frame === 0 && isLost()) frame = requestAnimationFrame(() => (frame = requestAnimationFrame(rescue)))
    })
    observer.observe(document.body, { childList: true, subtree: true })
    screen.addEventListener('focusin', remember)
    return () => {
      observer.disconnect()
      cancelAnimationFrame(frame)
      screen.removeEventListener('focusin', remember)
    }
  }, [id])
}
