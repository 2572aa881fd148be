import { signInPath } from './return-path.ts'

let isLeaving = false

/**
 * Leads to the sign-in page, and from there back to this one. The page is loaded anew, so nothing that was on the screen
 * remains in memory.
 */
export const leaveForSignIn = (reason?: string): void => {
  if (isLeaving || location.pathname === '/console/sign-in') return
  isLeaving = true
  location.replace(signInPath(reason))
}
