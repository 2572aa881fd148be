/// <reference lib="webworker" />
import { invalidCheckpoint } from '../../audit-chain/chain-check.ts'
import { KeySet } from '../../audit-chain/checkpoint-file.ts'
import { sha256 } from '../../audit-chain/sha256.ts'
import { type CheckpointVerdict, trustCheckpoint } from '../../audit-chain/trusted-checkpoint.ts'
import { verifyLog } from '../../audit-chain/verify-log.ts'
import { consoleFetch } from '../data/clients.ts'
import type { CheckReport, CheckRequest } from './messages.ts'
import { readLogPage } from './read-log-page.ts'

// Runs beside the page: hashing a long log would otherwise freeze it. The page ends the worker to cancel.

const KEYS_PATH = '/.well-known/keyturn/checkpoint-keys'

const report = (message: CheckReport): void => self.postMessage(message)

const verdictOn = async (text: string, organizationId: string): Promise<CheckpointVerdict> => {
  if (globalThis.crypto?.subtle === undefined)
    throw new Error(
      'The browser verifies signatures only on pages served over https. Use keyturn audit verify instead.',
    )
  const response = await consoleFetch(new URL(KEYS_PATH, self.location.origin))
  if (!response.ok) throw new Error(`The server answered ${response.status} for its checkpoint keys.`)
  return trustCheckpoint(text, KeySet.parse(await response.json()), organizationId)
}

const check = async ({ organizationId, checkpoint }: CheckRequest): Promise<void> => {
  const verdict = checkpoint === null ? null : await verdictOn(checkpoint, organizationId)
  if (verdict !== null && verdict.head === null)
    return report({ kind: 'done', found: invalidCheckpoint(verdict.fault), signedHead: null })
  const { signal } = new AbortController()
  const found = await verifyLog({
    readPage: (cursor) => readLogPage({ organizationId, filter: null, signal }, cursor),
    sha256,
    organizationId,
    signedHead: verdict?.head ?? null,
    signal,
    onProgress: (checkedEvents) => report({ kind: 'progress', checkedEvents }),
  })
  report({ kind: 'done', found, signedHead: verdict?.head ?? null })
}

self.addEventListener('message', ({ data }: MessageEvent<CheckRequest>) => {
  check(data).catch((error: unknown) =>
    report({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
  )
})
