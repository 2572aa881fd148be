// The demo: `npm run demo`. It starts its own server and uses only its public API.
// The exit code is 0 only if every step has the expected result.

import { setTimeout as wait } from 'node:timers/promises'
import type { EventRecord } from '../audit/audit-event.ts'
import {
  AuditVerificationDocument,
  CreateApiKeyDocument,
  ExpiryWarningsDocument,
  type ExpiryWarningsSubscription,
  KeyEventsDocument,
  type KeyEventsSubscription,
  RevokeKeyDocument,
  RotateKeyDocument,
  ViewerDocument,
} from '../generated/graphql.ts'
import { DemoClient } from './demo-client.ts'
import { firstBroken, readAuditLog } from './demo-history.ts'
import { DemoFailure, must, paint, say, show, step } from './demo-output.ts'
import { type DemoServer, startServer } from './demo-server.ts'

const KEY_NAME = 'nightly-deploy'
const LIFETIME_SECONDS = 6
const WARN_BEFORE_SECONDS = [4, 2]
/** The documented guarantee: a warning arrives within a second of its due time. */
const MAX_WARNING_DELAY_MS = 1_000
/** Pause between the steps, so that a person can read along. */
const PAUSE_MS = 600
const TIMEOUT_MS = 28_000
const AUDIT_LOG_PAGE_SIZE = 4

const hintOf = (secret: string): string => `${secret.slice(0, 6)}...${secret.slice(-4)}`
const clockOf = (instant: string | Date): string => new Date(instant).toISOString().slice(11, 23)

type KeyEvent = KeyEventsSubscription['keyEvents']

interface DemoContext {
  readonly server: DemoServer
  readonly owner: DemoClient
  readonly nextWarning: () => Promise<ExpiryWarningsSubscription>
  readonly nextEvent: () => Promise<KeyEvent>
}

const createShortLivedKey = async ({ server, owner }: DemoContext) => {
  step(`A key that lives ${LIFETIME_SECONDS} seconds`)
  const { createApiKey } = await owner.run(CreateApiKeyDocument, {
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
  const { rotateKey } = await owner.run(RotateKeyDocument, { input: { id, overlap: 'PT1H', expiresIn: 'P30D' } })
  must(rotateKey.key.id === id, 'a rotated key keeps its id')
  must(rotateKey.secret !== oldSecret, 'a rotated key has a new secret')
  show('new secret', `${hintOf(rotateKey.secret)}, valid until ${rotateKey.key.expiresAt?.slice(0, 10)}`)
  show('old secret', `${hintOf(oldSecret)}, valid until ${clockOf(rotateKey.previousSecretValidUntil ?? '')} UTC`)
  const event = await nextEvent()
  must(event.type === 'KEY_ROTATED', 'KEY_ROTATED among the live events about keys')
  show('received live', `${event.type}, number ${event.sequence} in the audit log`)
  return rotateKey.secret
}

const useBoth = async (secrets: readonly (readonly [string, DemoClient])[], id: string) => {
  step('Both secrets work')
  for (const [label, client] of secrets) {
    const { viewer } = await client.run(ViewerDocument, {})
    must(viewer.key?.id === id, `the ${label} authenticates the key`)
    show(label, `${paint('green', 'valid')}: query { viewer } returns ${viewer.kind} ${viewer.key.name}`)
  }
}

const revoke = async (
  { owner, nextEvent }: DemoContext,
  secrets: readonly (readonly [string, DemoClient])[],
  id: string,
): Promise<void> => {
  step('Revoked: both are rejected on the next request')
  await owner.run(RevokeKeyDocument, { input: { id, reason: 'COMPROMISED' } })
  for (const [label, client] of secrets) {
    const refusal = await client.refusalOf(ViewerDocument, {})
    must(refusal?.status === 401 && refusal.code === 'UNAUTHENTICATED', `the ${label} of a revoked key is rejected`)
    show(label, `${paint('red', 'rejected')}: HTTP ${refusal.status}, ${refusal.code}: ${refusal.message}`)
  }
  const event = await nextEvent()
  must(event.type === 'KEY_REVOKED', 'KEY_REVOKED among the live events about keys')
  show('received live', `${event.type}, number ${event.sequence} in the audit log`)
}

const printEvent = ({ sequence, type, occurredAt, actor, targetName, hash }: EventRecord): void =>
  say(
    [
      String(sequence).padStart(3),
      clockOf(occurredAt),
      paint('cyan', type.padEnd(20)),
      (actor.name ?? actor.kind.toLowerCase()).padEnd(9),
      (targetName ?? '').padEnd(14),
      paint('dim', hash.slice(0, 12)),
    ].join('  '),
  )

const checkAuditLog = async ({ server, owner }: DemoContext): Promise<void> => {
  step('All of it is in the audit log')
  const events: EventRecord[] = []
  for await (const page of readAuditLog(owner, server.organizationId, AUDIT_LOG_PAGE_SIZE)) {
    events.push(...page)
    page.forEach(printEvent)
  }
  for (const type of ['KEY_CREATED', 'KEY_EXPIRY_WARNING', 'KEY_ROTATED', 'KEY_REVOKED', 'ACCESS_DENIED'])
    must(
      events.some((event) => event.type === type && event.targetName === KEY_NAME),
      `${type} in the audit log`,
    )
  await wait(PAUSE_MS)

  step('Its hash chain is intact')
  must(firstBroken(events) === null, 'every hash, computed again by the client, equals the one of the server')
  show(
    'computed by the client',
    `${paint('green', 'intact')}: ${events.length} SHA-256 hashes, each over the one before`,
  )
  const { organization } = await owner.run(AuditVerificationDocument, { organizationId: server.organizationId })
  const verification = organization?.auditVerification
  must(verification?.intact === true, 'the server reports an intact audit log')
  must(verification.headHash === events.at(-1)?.hash, 'the last hash of the server equals the last hash of the client')
  show('auditVerification', `${paint('green', 'intact')}: ${verification.checkedEvents} events checked by the server`)
  const forged = events.map((event) => (event.type === 'KEY_REVOKED' ? { ...event, targetName: 'other-key' } : event))
  const broken = firstBroken(forged)
  const altered = events.find((event) => event.type === 'KEY_REVOKED')?.sequence
  must(broken !== null && broken === altered, 'a forged event is detected')
  show('with one name forged', `${paint('red', 'broken')} at number ${broken}, as expected`)
}

/** Returns a function that waits for the next event of the demo's key. */
const eventsOf = (owner: DemoClient, organizationId: string): (() => Promise<KeyEvent>) => {
  const next = owner.subscribe(KeyEventsDocument, {
    organizationId,
    types: ['KEY_CREATED', 'KEY_EXPIRY_WARNING', 'KEY_ROTATED', 'KEY_REVOKED'],
    after: 0,
  })
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
  const owner = new DemoClient(url, ownerSecret)
  const context: DemoContext = {
    server,
    owner,
    nextWarning: owner.subscribe(ExpiryWarningsDocument, { organizationId }),
    nextEvent: eventsOf(owner, organizationId),
  }
  try {
    await wait(PAUSE_MS)
    const { id, secret: oldSecret } = await createShortLivedKey(context)
    await watchWarnings(context)
    const newSecret = await rotate(context, id, oldSecret)
    await wait(PAUSE_MS)
    const secrets = [
      ['old secret', new DemoClient(url, oldSecret)],
      ['new secret', new DemoClient(url, newSecret)],
    ] as const
    await useBoth(secrets, id)
    await wait(PAUSE_MS)
    await revoke(context, secrets, id)
    await wait(PAUSE_MS)
    await checkAuditLog(context)
  } finally {
    owner.close()
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
