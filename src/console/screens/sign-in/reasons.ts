import type { SignInFailure } from '../../session/session.ts'

/** What each reason of a refused sign-in, or of an ended session, means for the person. */
const REASONS: Readonly<Record<string, string>> = {
  MALFORMED: 'This is not a complete personal access key. It begins with kt_pk_; check that nothing was cut off.',
  UNKNOWN: 'This key is not known here. Check that it is complete and was issued by this server.',
  KIND: 'An API key belongs to a machine and cannot sign in. Use a personal access key.',
  EXPIRED: 'The key has expired. Rotate it, or ask an owner of your organization for another invitation.',
  REVOKED: 'The key was revoked. Use another of your keys.',
  SUSPENDED: 'The key is suspended. Somebody with keys:manager can resume it.',
  RETIRED: 'The key was rotated since: use its new secret.',
  ADDRESS: 'The key may not be used from your address.',
  SESSION_EXPIRED: 'Your session has ended, because it was not used for 12 hours or is 7 days old.',
  SESSION_ENDED: 'Your session was ended.',
  CODE: 'This link was used before or is older than ten minutes. Sign in with the key that the first start printed.',
  'not-a-member': 'You are not a member of any organization here. Ask for an invitation.',
  'email-not-verified': 'The identity provider has not verified your e-mail address.',
  refused: 'The identity provider did not confirm who you are. Try again.',
  expired: 'The sign-in took more than ten minutes, or began in another browser. Try again.',
  'provider-unavailable': 'The identity provider does not answer. Try again soon, or sign in with a key.',
  RATE_LIMITED: 'Too many attempts failed. Wait a little before the next.',
  NETWORK: 'The server does not answer. Check your connection and try again.',
  UNAVAILABLE: 'The server cannot sign anybody in at the moment. Try again soon.',
}

/** Why the session that led here is over. Of one that has ended, the server no longer knows from which key it came. */
export const sessionText = (reason: string): string =>
  (reason === 'UNKNOWN' || reason === 'MALFORMED' ? REASONS.SESSION_ENDED : REASONS[reason]) ??
  'You are signed out. Sign in again to go on.'

/** Why an attempt was refused, in a sentence that tells what to do: ours, else the server's. */
export const failureText = ({ reason, message, retryAfterSeconds }: SignInFailure): string => {
  const text = REASONS[reason] ?? message ?? 'The sign-in was refused.'
  return retryAfterSeconds === null ? text : `${text} (${retryAfterSeconds} s)`
}
