import { signIn } from './session.ts'

const FRAGMENT = /^#first-start=([\w-]{16,128})$/

/**
 * Signs the owner in by the link that the first start prints. The code leaves the address, and with it the history, before
 * anything else happens. Returns the reason of a refusal; null without a code, or when it worked.
 */
export const signInByFirstStartCode = async (): Promise<string | null> => {
  const code = FRAGMENT.exec(location.hash)?.[1]
  if (!location.hash.startsWith('#first-start=')) return null
  history.replaceState(null, '', `${location.pathname}${location.search}`)
  if (code === undefined) return 'CODE'
  const failure = await signIn({ code })
  if (failure === null) return null
  return failure.reason === 'NETWORK' || failure.reason === 'RATE_LIMITED' ? failure.reason : 'CODE'
}
