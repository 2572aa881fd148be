let open = 0
const waiting: (() => void)[] = []

/** A menu has opened. Returns what says that it has closed. */
export const noteOpenMenu = (): (() => void) => {
  open += 1
  return () => {
    open -= 1
    if (open === 0) for (const proceed of waiting.splice(0)) proceed()
  }
}

export const isMenuOpen = (): boolean => open > 0

/** Resolves when no menu is open: at once where none is. */
export const menusClosed = (): Promise<void> =>
  open === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))
