import { type KeyturnClient, KeyturnClientError } from '../../client/client.ts'
import { CreateApiKeyDocument, RevokeKeyDocument, RotateKeyDocument, ViewerDocument } from '../../generated/graphql.ts'
import type { LiveEvents } from './live-events.ts'
import { clockOf, must, paint, say, show, step } from './output.ts'

export const KEY_NAME = 'nightly-deploy'
const LIFETIME_SECONDS = 6
const WARN_BEFORE_SECONDS = [4, 2]
/** The documented guarantee: a warning arrives within a second of its due time. */
const MAX_WARNING_DELAY_MS = 1_000

/** What each step works with. Each step throws DemoFailure if the service does not behave as documented. */
export interface StepContext extends LiveEvents {
  readonly organizationId: string
  readonly owner: KeyturnClient
}

/** A client that presents a secret, and the name of that secret in the output. */
type LabelledClient = readonly [label: string, client: KeyturnClient]

/** A secret as the output may show it. */
export const hintOf = (secret: string): string => `${secret.slice(0, 6)}...${secret.slice(-4)}`

/** Creates the demo's key. */
export const createShortLivedKey = async ({ organizationId, owner }: StepContext) => {
  step(`A key that lives ${LIFETIME_SECONDS} seconds`)
  const { createApiKey } = await owner.execute(CreateApiKeyDocument, {
    input: {
      organizationId,
      name: KEY_NAME,
      grants: [{ module: 'keys', role: 'VIEWER' }],
      expiresIn: `PT${LIFETIME_SECONDS}S`,
      warnBefore: WARN_BEFORE_SECONDS.map((seconds) => `PT${seconds}S`),
    },
  })
  const { apiKey, secret } = createApiKey
  must(apiKey.status === 'ACTIVE' && apiKey.expiresAt != null, 'a new key is active and has an expiry')
  show('createApiKey', `${paint('bold', apiKey.name)}, ${apiKey.id}`)
  show('its secret, shown once', `${hintOf(secret)} (${secret.length} characters; the server stores only its SHA-256)`)
  show('expires at', `${clockOf(apiKey.expiresAt)} UTC, with warnings ${WARN_BEFORE_SECONDS.join(' s and ')} s before`)
  return { id: apiKey.id, secret }
}

/** Waits for each warning of the key, and checks that it is in time. */
export const watchWarnings = async ({ nextWarning, nextEvent }: StepContext) => {
  step('Its warnings arrive, live')
  say(paint('dim', 'subscription { expiryWarnings(...) } over WebSocket, by graphql-ws'))
  for (const seconds of WARN_BEFORE_SECONDS) {
    const { expiryWarnings: warning } = await nextWarning()
    const late = Date.now() - (new Date(warning.expiresAt).getTime() - seconds * 1_000)
    must(warning.threshold === `PT${seconds}S`, `a warning ${seconds} s before the expiry`)
    must(late >= 0 && late < MAX_WARNING_DELAY_MS, `a warning within a second of its due time, not ${late} ms after it`)
    show(clockOf(new Date()), `${paint('yellow', `expires in ${seconds} s`)} (received ${late} ms after it was due)`)
  }
  for (const type of ['KEY_CREATED', ...WARN_BEFORE_SECONDS.map(() => 'KEY_EXPIRY_WARNING')])
    must((await nextEvent()).type === type, `${type} among the live events about keys`)
}

/** Rotates the key with an overlap. Returns the new secret. */
export const rotate = async ({ owner, nextEvent }: StepContext, id: string, oldSecret: string) => {
  step('Rotated before it expires, with an overlap of an hour')
  const { rotateKey } = await owner.execute(RotateKeyDocument, { input: { id, overlap: 'PT1H', expiresIn: 'P30D' } })
  must(rotateKey.key.id === id, 'a rotated key keeps its id')
  must(rotateKey.secret !== oldSecret, 'a rotated key has a new secret')
  show('new secret', `${hintOf(rotateKey.secret)}, valid until ${rotateKey.key.expiresAt?.slice(0, 10)}`)
  show('old secret', `${hintOf(oldSecret)}, valid until ${clockOf(rotateKey.previousSecretValidUntil ?? '')} UTC`)
  const event = await nextEvent()
  must(event.type === 'KEY_ROTATED', 'KEY_ROTATED among the live events about keys')
  show('received live', `${event.type}, number ${event.sequence} in the audit log`)
  return rotateKey.secret
}

/** Checks that each of the secrets authenticates the key. */
export const useBoth = async (secrets: readonly LabelledClient[], id: string) => {
  step('Both secrets work')
  for (const [label, client] of secrets) {
    const { viewer } = await client.execute(ViewerDocument, {})
    must(viewer.key?.id === id, `the ${label} authenticates the key`)
    show(label, `${paint('green', 'valid')}: query { viewer } returns ${viewer.kind} ${viewer.key.name}`)
  }
}

/** The error with which the server refuses a client; null if it does not. */
const refusalOf = async (client: KeyturnClient): Promise<KeyturnClientError | null> => {
  try {
    await client.execute(ViewerDocument, {})
    return null
  } catch (error) {
    if (error instanceof KeyturnClientError) return error
    throw error
  }
}

/** Revokes the key, and checks that each of the secrets is rejected. */
export const revoke = async (
  { owner, nextEvent }: StepContext,
  secrets: readonly LabelledClient[],
  id: string,
): Promise<void> => {
  step('Revoked: both are rejected on the next request')
  await owner.execute(RevokeKeyDocument, { input: { id, reason: 'COMPROMISED' } })
  for (const [label, client] of secrets) {
    const refusal = await refusalOf(client)
    must(refusal?.status === 401 && refusal.code === 'UNAUTHENTICATED', `the ${label} of a revoked key is rejected`)
    show(label, `${paint('red', 'rejected')}: HTTP ${refusal.status}, ${refusal.code}: ${refusal.message}`)
  }
  const event = await nextEvent()
  must(event.type === 'KEY_REVOKED', 'KEY_REVOKED among the live events about keys')
  show('received live', `${event.type}, number ${event.sequence} in the audit log`)
}
