import { setImmediate } from 'node:timers/promises'
import type { AccessTokenClaims } from '../tokens/access-token.ts'
import type { TokenSignatures } from '../tokens/token-signatures.ts'
import type { Find } from './find.ts'

/** Signatures that are verified at the same time: the threads that do it serve SQLite too. */
const AT_ONCE = 8
const JWT_SHAPE = /^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$/

/** The claims of each text that is an access token of this service, expired or not. */
export const claimsOfTokens = async (
  signatures: TokenSignatures,
  finds: readonly Find[],
): Promise<ReadonlyMap<string, AccessTokenClaims>> => {
  const texts = new Set(finds.flatMap(({ text }) => (JWT_SHAPE.test(text) ? [text] : [])))
  const claims = new Map<string, AccessTokenClaims>()
  const left = texts.values()
  const verifyNext = async (): Promise<void> => {
    for (const text of left) {
      const signed = await signatures.read(text)
      if (signed !== null) claims.set(text, signed.claims)
      // Tokens whose signatures are cached need no thread, and would block the process for as long as there are some.
      await setImmediate()
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, verifyNext))
  return claims
}
