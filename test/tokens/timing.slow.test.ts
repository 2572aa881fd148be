import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RevokeKeyDocument } from '../../src/generated/graphql.ts'
import { KeyturnError } from '../../src/kernel/errors.ts'
import { newSecret } from '../../src/kernel/secret-text.ts'
import { useApp } from '../support/boot.ts'
import { post, tokenOf } from '../support/tokens.ts'
import { FORGERIES, forgeOf } from './forgeries.ts'

const ROUNDS = 200
const ORIGIN = { requestId: null, ipAddress: '127.0.0.1', userAgent: null }

/** The middle of the times, in milliseconds, that each of the ways takes; their rounds take turns. */
const mediansOf = async (ways: readonly (() => Promise<unknown>)[]): Promise<number[]> => {
  const times: number[][] = ways.map(() => [])
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [index, way] of ways.entries()) {
      const begun = performance.now()
      await way()
      times[index]?.push(performance.now() - begun)
    }
  return times.map((one) => one.sort((a, b) => a - b)[ROUNDS / 2] ?? Number.NaN)
}

describe('the time of a rejection', () => {
  const app = useApp()

  /** Far apart would be a difference that can be measured from afar; a busy machine makes some of its own. */
  const expectAlike = (medians: readonly number[]) => {
    const [least, most] = [Math.min(...medians), Math.max(...medians)]
    expect(most - least).toBeLessThan(Math.max(1, 0.5 * most))
  }

  it('does not depend on how much of a secret was right', { retry: 2 }, async () => {
    const { secret } = await app.apiKey()
    const { verifier } = app.app.parts
    const entropy = entropyOf(secret)
    expect(newSecret('kt', 'ak', entropy)).toBe(secret)
    // Well-formed secrets that begin like the real one for none, half or nearly all of their length.
    const like = (bytes: number) =>
      newSecret('kt', 'ak', Buffer.concat([entropy.subarray(0, bytes), randomBytes(32 - bytes)]))
    const ways = [0, 16, 28].map((bytes) => async () => verifier.verify(like(bytes), ORIGIN.ipAddress))
    for (const way of ways) expect(await way()).toMatchObject({ valid: false, reason: 'UNKNOWN' })
    expectAlike(await mediansOf(ways))
  })

  it('does not depend on how much of a signature was right', { retry: 2 }, async () => {
    const token = await tokenOf(app, await app.apiKey())
    const begin = token.lastIndexOf('.') + 1
    const forged = (right: number) => {
      const noise = randomBytes(64).toString('base64url')
      return token.slice(0, begin + right) + noise.slice(right)
    }
    const { exchange } = app.app.parts.services
    const ways = [0, 43, 80].map(
      (right) => () => exchange.token(forged(right), {}, ORIGIN).catch((error: unknown) => error),
    )
    expectAlike(await mediansOf(ways))
  })

  it('does not depend on what is wrong with a token', { retry: 2 }, async () => {
    const key = await app.apiKey()
    const token = await tokenOf(app, key)
    const forge = await forgeOf(app, token, await tokenOf(app, key))
    const [revoked, ended] = [await app.apiKey(), await tokenOf(app, key)]
    const dead = await tokenOf(app, revoked)
    await app.owner.run(RevokeKeyDocument, { input: { id: revoked.id } })
    await post(app, '/oauth/revoke', { token: ended })
    const forged = await Promise.all(KINDS.map(async (name) => FORGERIES.find(([what]) => what === name)?.[1](forge)))
    const { exchange } = app.app.parts.services
    const texts = [dead, ended, ...forged]
    const ways = texts.map(
      (text = '') =>
        () =>
          exchange.token(text, {}, ORIGIN).catch((error: unknown) => error),
    )
    expect(texts.every((text) => text?.startsWith('eyJ'))).toBe(true)
    for (const way of ways) expect(await way()).toBeInstanceOf(KeyturnError)
    expectAlike(await mediansOf(ways))
  })
})

/**
 * Some of each way in which a token can be wrong. Not one of a key that never was: who could make it has the service's own
 * signing key, and the database is asked for the other.
 */
const KINDS = [
  'alg none',
  'HS256 by the public key as PEM',
  'an own key under the kid',
  'an own key under an unknown kid',
  'claims of more',
  'a signature that is cut off',
  'a signature, and another issuer',
  'a signature, and an expiry that has passed',
  'a signature, and a beginning in the future',
]

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** The random bytes that a secret carries. */
const entropyOf = (secret: string): Buffer => {
  const value = [...secret.slice(6, 49)].reduce((sum, character) => sum * 62n + BigInt(ALPHABET.indexOf(character)), 0n)
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex')
}

// Identifiers that hold what somebody must not guess, compared with anything but nothing.
const COMPARISON =
  /\b\w*(?:[sS]ecret|[cC]redential|[pP]assword|[sS]ignature|[tT]oken)\s*[!=]==?\s*(?![\s=]|undefined|null|'')|[!=]==?\s*\w*(?:[sS]ecret|[cC]redential|[pP]assword|[sS]ignature|[tT]oken)\b(?![.(])/

describe('the sources', () => {
  it('compare no secret and no signature as text: they are looked up by hash, or compared in constant time', () => {
    expect('if (shownSecret === key.secret) return').toMatch(COMPARISON)
    const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && !/^(?:generated|cli|client)\//.test(name),
    )
    const found = sources.flatMap((name) =>
      readFileSync(join('src', name), 'utf8')
        .split('\n')
        // The signatures of checkpoints are published.
        .filter((line) => COMPARISON.test(line) && !/^tokens\/checkpoints\b/.test(name))
        .map((line) => `${name}: ${line.trim()}`),
    )
    expect(sources.length).toBeGreaterThan(100)
    expect(found).toEqual([])
  })
})
