import { signInPath } from './return-path.ts'
import { signOut } from './session.ts'

let isLeaving = false

/**
 * Leads to the sign-in page, and from there back to this one. The page is loaded anew, so nothing that was on the screen
 * remains in memory.
 */
export const leaveForSignIn = (reason = 'SESSION_ENDED'): void => {
  if (isLeaving || location.pathname === '/console/sign-in') return
  isLeaving = true
  location.replace(signInPath(reason))
}

/** Ends the session and leaves the page for good: the sign-in page leads to the start. */
export const leave = async (): Promise<void> => {
  // The end of the session is also reported by what is still running.
  isLeaving = true
  await signOut()
  location.assign('/console/sign-in')
}
