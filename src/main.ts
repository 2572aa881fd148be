import './production-mode.ts'
import './heap-growth.ts'
import { pino } from 'pino'
import { type App, createApp } from './app.ts'
import { type Config, readConfig, readConfigAt } from './config.ts'
import { reservePort } from './reserved-port.ts'
import { signInLink } from './sessions/sign-in-codes.ts'
import { exitOnStartupError } from './startup-faults.ts'

const DRAIN_TIMEOUT_MS = 10_000

const configure = (read: () => Config): Config => {
  try {
    return read()
  } catch (error) {
    return exitOnStartupError(error)
  }
}

const createLogger = (config: Config) =>
  process.stdout.isTTY
    ? pino({ level: config.logLevel, transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname' } } })
    : pino({ level: config.logLevel })

const announceFirstStart = (app: App, publicUrl: string): void => {
  if (app.firstStart === null) return
  const { ownerSecret, signInCode, organizationId } = app.firstStart
  const lines = [
    "This is the first start. The owner's personal access key, shown once and never again:",
    `  ${ownerSecret}`,
    ...(signInCode === null
      ? []
      : [
          'The console, signed in as the owner. This link works once, within ten minutes:',
          `  ${signInLink(publicUrl, signInCode)}`,
        ]),
    `Organization: ${organizationId}`,
  ]
  process.stdout.write(`\n${lines.join('\n\n')}\n`)
}

const announce = (address: string, { console, graphiql }: Config): void => {
  const api = `Keyturn is serving at ${address}/graphql${graphiql ? ' (GraphiQL in a browser)' : ''}`
  process.stdout.write(`\n${api}${console ? `\nThe console is at ${address}/` : ''}\n\n`)
}

/** The state of the process. A signal can arrive before the app listens. */
const running: { app: App | null; stopping: boolean } = { app: null, stopping: false }

/** Stops the app gracefully. During the start it only sets `stopping`: the first start completes, then the process exits. */
const stop = async (): Promise<void> => {
  // Ctrl-C sends the signal twice, from the terminal and from npm: ignore all but the first.
  if (running.stopping) return
  running.stopping = true
  setTimeout(() => {
    process.stderr.write(`Stopping before all requests finished: ${DRAIN_TIMEOUT_MS / 1000} seconds have passed.\n`)
    process.exit(1)
  }, DRAIN_TIMEOUT_MS).unref()
  if (running.app !== null) await closeAndExit(running.app)
}

const closeAndExit = async (app: App): Promise<never> => {
  await app.close()
  return process.exit(0)
}

// Before the start: process 1 of a container ignores signals that it does not handle.
process.on('SIGTERM', stop)
process.on('SIGINT', stop)

const configured = configure(readConfig)
// Links, cookies and the issuer name the port, so a port that the system is to choose is chosen before the app is made.
const reserved = configured.port === 0 ? await reservePort(configured.host).catch(exitOnStartupError) : null
const config = reserved === null ? configured : configure(() => readConfigAt(reserved.port))
const logger = createLogger(config)
// A failure that a library forgets must not end the service for everybody: graphql-js does so with items of a list of which a
// later one throws.
process.on('unhandledRejection', (error) => logger.error({ err: error }, 'A failure was not handled'))
const app = await createApp({ config, logger }).catch(exitOnStartupError)
// Before `listen`, which can fail: the owner's key is shown on the first start only.
announceFirstStart(app, config.publicUrl)
if (running.stopping) await closeAndExit(app)
running.app = app
await reserved?.release()
announce(await app.listen().catch(exitOnStartupError), config)
