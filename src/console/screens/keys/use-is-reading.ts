import { useEffect, useState } from 'react'

/** From here on, the first rows are out of sight. */
const FAR_PX = 240

/** The focus is in the menu of a row while that is open. */
const ROW = '.table tbody, [role="menu"]'

/** Whether the page is scrolled into the list, or the focus is in one of its rows. */
export const useIsReading = (): boolean => {
  const [isFar, setFar] = useState(false)
  const [isInRow, setInRow] = useState(false)
  useEffect(() => {
    const scrolled = () => setFar(window.scrollY > FAR_PX)
    const focused = () => setInRow(document.activeElement?.closest(ROW) != null)
    // What takes the focus has it after this event.
    const blurred = () => setTimeout(focused)
    scrolled()
    focused()
    window.addEventListener('scroll', scrolled, { passive: true })
    document.addEventListener('focusin', focused)
    document.addEventListener('focusout', blurred)
    return () => {
      window.removeEventListener('scroll', scrolled)
      document.removeEventListener('focusin', focused)
      document.removeEventListener('focusout', blurred)
    }
  }, [])
  return isFar || isInRow
}
