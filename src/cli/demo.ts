// The demo: `npm run demo`. It starts its own server and uses only its public API.
// The exit code is 0 only if every step has the expected result.

import { setTimeout as wait } from 'node:timers/promises'
import { createKeyturnClient, type KeyturnClient, KeyturnClientError } from '../client/client.ts'
import {
  CreateApiKeyDocument,
  ExpiryWarningsDocument,
  type ExpiryWarningsSubscription,
  KeyEventsDocument,
  type KeyEventsSubscription,
  RevokeKeyDocument,
  RotateKeyDocument,
  ViewerDocument,
} from '../generated/graphql.ts'
import { checkAuditLog } from './demo-audit-log.ts'
import { clockOf, DemoFailure, must, PAUSE_MS, paint, say, show, step } from './demo-output.ts'
import { type DemoServer, startServer } from './demo-server.ts'

const KEY_NAME = 'nightly-deploy'
const LIFETIME_SECONDS = 6
const WARN_BEFORE_SECONDS = [4, 2]
/** The documented guarantee: a warning arrives within a second of its due time. */
const MAX_WARNING_DELAY_MS = 1_000
const TIMEOUT_MS = 28_000

const hintOf = (secret: string): string => `${secret.slice(0, 6)}...${secret.slice(-4)}`

type KeyEvent = KeyEventsSubscription['keyEvents']

interface DemoContext {
  readonly server: DemoServer
  readonly owner: KeyturnClient
  readonly nextWarning: () => Promise<ExpiryWarningsSubscription>
  readonly nextEvent: () => Promise<KeyEvent>
}

const clientOf = (url: string, credential: string): KeyturnClient =>
  createKeyturnClient({ url: `${url}/graphql`, credential })

const createShortLivedKey = async ({ server, owner }: DemoContext) => {
  step(`A key that lives ${LIFETIME_SECONDS} seconds`)
  const { createApiKey } = await owner.execute(CreateApiKeyDocument, {
    input: {
      organizationId: server.organizationId,
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

const watchWarnings = async ({ nextWarning, nextEvent }: DemoContext) => {
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

const rotate = async ({ owner, nextEvent }: DemoContext, id: string, oldSecret: string) => {
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

const useBoth = async (secrets: readonly (readonly [string, KeyturnClient])[], id: string) => {
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

const revoke = async (
  { owner, nextEvent }: DemoContext,
  secrets: readonly (readonly [string, KeyturnClient])[],
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

/** Returns a function that waits for the next value of a subscription, which must not end. */
const nextOf =
  <Data>(values: AsyncIterator<Data>) =>
  async (): Promise<Data> => {
    const { done, value } = await values.next()
    if (done === true) throw new DemoFailure('The subscription ended.')
    return value
  }

/** Returns a function that waits for the next event of the demo's key. */
const eventsOf = (owner: KeyturnClient, organizationId: string): (() => Promise<KeyEvent>) => {
  const next = nextOf(
    owner.subscribe(KeyEventsDocument, {
      organizationId,
      types: ['KEY_CREATED', 'KEY_EXPIRY_WARNING', 'KEY_ROTATED', 'KEY_REVOKED'],
      after: 0,
    }),
  )
  return async () => {
    for (;;) {
      const { keyEvents } = await next()
      if (keyEvents.targetName === KEY_NAME) return keyEvents
    }
  }
}

const runSteps = async (server: DemoServer): Promise<void> => {
  const { url, pid, directory, organizationId, ownerSecret } = server
  show('serving at', `${url}/graphql (process ${pid}, on an empty database in ${directory})`)
  show("the owner's key", `${hintOf(ownerSecret)}, printed once by the first start`)
  const owner = clientOf(url, ownerSecret)
  const context: DemoContext = {
    server,
    owner,
    nextWarning: nextOf(owner.subscribe(ExpiryWarningsDocument, { organizationId })),
    nextEvent: eventsOf(owner, organizationId),
  }
  try {
    await wait(PAUSE_MS)
    const { id, secret: oldSecret } = await createShortLivedKey(context)
    await watchWarnings(context)
    const newSecret = await rotate(context, id, oldSecret)
    await wait(PAUSE_MS)
    const secrets = [
      ['old secret', clientOf(url, oldSecret)],
      ['new secret', clientOf(url, newSecret)],
    ] as const
    await useBoth(secrets, id)
    await wait(PAUSE_MS)
    await revoke(context, secrets, id)
    await wait(PAUSE_MS)
    await checkAuditLog(owner, server.organizationId, KEY_NAME)
  } finally {
    await owner.dispose()
  }
}

const messageOf = (error: unknown): string => {
  if (error instanceof DemoFailure) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

const elapsed = (startedAt: number): string => ((Date.now() - startedAt) / 1_000).toFixed(1)

/** The conventional exit codes of a process that a signal ended: 128 plus the number of the signal. */
const SIGNAL_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

const run = async (): Promise<number> => {
  const startedAt = Date.now()
  const stopped = new AbortController()
  let code = 1
  for (const [signal, signalCode] of Object.entries(SIGNAL_CODES))
    process.on(signal, () => {
      code = signalCode
      stopped.abort(new DemoFailure(`Stopped by ${signal}.`))
    })
  setTimeout(() => stopped.abort(new DemoFailure(`Not finished after ${TIMEOUT_MS} ms.`)), TIMEOUT_MS).unref()
  const aborted = new Promise<never>((_, reject) => {
    stopped.signal.addEventListener('abort', () => reject(stopped.signal.reason), { once: true })
  })
  aborted.catch(() => undefined)
  try {
    step('A server starts')
    const server = await startServer(stopped.signal)
    try {
      await Promise.race([runSteps(server), server.lost, aborted])
    } finally {
      await server.stop()
    }
    process.stdout.write(`\n${paint('green', 'Every step has the expected result')}, in ${elapsed(startedAt)} s.\n`)
    return 0
  } catch (error) {
    process.stderr.write(`\n${paint('red', messageOf(error))}\n`)
    return code
  }
}

process.exit(await run())
