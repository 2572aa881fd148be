/// <reference lib="webworker" />
import { config } from 'zod'
import { type ChainVerification, invalidCheckpoint } from '../../audit-chain/chain-check.ts'
import { isSignedBase, KeySet, type SignedPosition } from '../../audit-chain/checkpoint-file.ts'
import { sha256 } from '../../audit-chain/sha256.ts'
import { trustCheckpoint } from '../../audit-chain/trusted-checkpoint.ts'
import { verifyLog } from '../../audit-chain/verify-log.ts'
import { consoleFetch } from '../data/clients.ts'
import type { CheckReport, CheckRequest, SignedHead } from './messages.ts'
import { readLogBase, readLogPage } from './read-log-page.ts'

// Runs beside the page: hashing a long log would otherwise freeze it. The page ends the worker to cancel.

// The content security policy forbids the code that zod would generate.
config({ jitless: true })

const KEYS_PATH = '/.well-known/keyturn/checkpoint-keys'

const report = (message: CheckReport): void => self.postMessage(message)

/** The public keys of the server. Throws where the browser could not verify a signature anyway. */
const readKeys = async (): Promise<KeySet> => {
  if (globalThis.crypto?.subtle === undefined)
    throw new Error(
      'The browser verifies signatures only on pages served over https. Use keyturn audit verify instead.',
    )
  const response = await consoleFetch(new URL(KEYS_PATH, self.location.origin))
  if (!response.ok) throw new Error(`The server answered ${response.status} for its checkpoint keys.`)
  return KeySet.parse(await response.json())
}

interface Found {
  readonly found: ChainVerification
  readonly signedHead: SignedHead | null
}

const untrusted = (fault: string): Found => ({ found: invalidCheckpoint(fault), signedHead: null })

const check = async ({ organizationId, checkpoint }: CheckRequest): Promise<Found> => {
  const { signal } = new AbortController()
  const base: SignedPosition | null = await readLogBase(organizationId, signal)
  const keys = base === null && checkpoint === null ? null : await readKeys()
  if (base !== null && keys !== null && !(await isSignedBase(base, keys, organizationId)))
    return untrusted('The server claims that old events were archived, but the signature of that claim is not valid.')
  const verdict = checkpoint === null || keys === null ? null : await trustCheckpoint(checkpoint, keys, organizationId)
  if (verdict !== null && verdict.head === null) return untrusted(verdict.fault)
  const found = await verifyLog({
    readPage: (cursor) => readLogPage({ organizationId, filter: null, signal }, cursor),
    sha256,
    organizationId,
    signedHead: verdict?.head ?? null,
    signedBase: base,
    signal,
    onProgress: (checkedEvents) => report({ kind: 'progress', checkedEvents }),
  })
  return { found, signedHead: verdict?.head ?? null }
}

self.addEventListener('message', ({ data }: MessageEvent<CheckRequest>) => {
  check(data).then(
    (done) => report({ kind: 'done', ...done }),
    (error: unknown) => report({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
  )
})
