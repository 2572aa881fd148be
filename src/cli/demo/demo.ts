// The demo: `npm run demo`. It starts its own server and uses only its public API.
// The exit code is 0 only if every step has the expected result.

import { setTimeout as wait } from 'node:timers/promises'
import { createKeyturnClient, type KeyturnClient } from '../../client/client.ts'
import { checkAuditLog } from './check-audit-log.ts'
import { followLive } from './live-events.ts'
import { DemoFailure, PAUSE_MS, paint, show, step } from './output.ts'
import { type DemoServer, startServer } from './start-server.ts'
import {
  createShortLivedKey,
  hintOf,
  KEY_NAME,
  revoke,
  rotate,
  type StepContext,
  useBoth,
  watchWarnings,
} from './steps.ts'

const TIMEOUT_MS = 28_000

const clientOf = (url: string, credential: string): KeyturnClient =>
  createKeyturnClient({ url: `${url}/graphql`, credential })

const runSteps = async (server: DemoServer): Promise<void> => {
  const { url, pid, directory, organizationId, ownerSecret } = server
  show('serving at', `${url}/graphql (process ${pid}, on an empty database in ${directory})`)
  show("the owner's key", `${hintOf(ownerSecret)}, printed once by the first start`)
  const owner = clientOf(url, ownerSecret)
  const context: StepContext = { organizationId, owner, ...followLive(owner, organizationId, KEY_NAME) }
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
    await checkAuditLog(owner, organizationId, KEY_NAME)
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
