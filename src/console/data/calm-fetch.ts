import { isMenuOpen, menusClosed } from '../ui/open-menus.ts'

/**
 * `load` for what is loaded again. An answer could take away the row whose menu is open, or move another row under the
 * pointer. So a request waits until the menu is closed, and what is answered meanwhile is requested again.
 */
export const calm =
  (load: typeof fetch): typeof fetch =>
  async (input, init) => {
    for (;;) {
      await menusClosed()
      const response = await load(input, init)
      if (!isMenuOpen()) return response
      await response.body?.cancel()
    }
  }
