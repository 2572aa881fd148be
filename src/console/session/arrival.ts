import { signIn } from './session.ts'

const CODE = /^#first-start=([\w-]{16,128})$/
const FAILURE = /^#sign-in-failed=([a-z-]{1,40})$/

/**
 * Handles the fragment of the address that a page of the server or its first start led to: a single-use code, which signs
 * the owner in, or why the identity provider refused. The fragment leaves the address, and with it the history, before
 * anything else happens. Returns the reason of a refusal; null where there is none.
 */
export const handleArrival = async (): Promise<string | null> => {
  const { hash, pathname, search } = location
  if (!hash.startsWith('#first-start=') && !hash.startsWith('#sign-in-failed=')) return null
  history.replaceState(null, '', `${pathname}${search}`)
  const refusal = FAILURE.exec(hash)?.[1]
  if (refusal !== undefined) return refusal
  const code = CODE.exec(hash)?.[1]
  if (code === undefined) return 'CODE'
  const failure = await signIn({ code })
  if (failure === null) return null
  return failure.reason === 'NETWORK' || failure.reason === 'RATE_LIMITED' ? failure.reason : 'CODE'
}
