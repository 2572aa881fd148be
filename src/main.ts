import { pino } from 'pino'
import { type App, createApp } from './app.ts'
import { type Config, readConfig } from './config.ts'
import { orStop } from './startup-faults.ts'

const DRAIN_TIMEOUT_MS = 10_000

const configure = (): Config => {
  try {
    return readConfig()
  } catch (error) {
    return orStop(error)
  }
}

const createLogger = (config: Config) =>
  process.stdout.isTTY
    ? pino({ level: config.logLevel, transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname' } } })
    : pino({ level: config.logLevel })

const announceFirstStart = (app: App): void => {
  if (app.firstStart === null) return
  const { ownerSecret, organizationId } = app.firstStart
  const lines = [
    "This is the first start. The owner's personal access key, shown once and never again:",
    `  ${ownerSecret}`,
    `Organization: ${organizationId}`,
  ]
  process.stdout.write(`\n${lines.join('\n\n')}\n`)
}

const announce = (address: string, graphiql: boolean): void => {
  process.stdout.write(`\nKeyturn is serving at ${address}/graphql${graphiql ? ' (GraphiQL in a browser)' : ''}\n\n`)
}

/** The service as far as it has started; a signal may come before it serves, or while it starts. */
const running: { app: App | null; stopping: boolean } = { app: null, stopping: false }

/** A service that is stopped before it served has nothing to finish, but what it has begun: its start is one change. */
const stop = async (): Promise<void> => {
  // Ctrl-C reaches the process from the terminal, and a second time from npm: more signals change nothing.
  if (running.stopping) return
  running.stopping = true
  setTimeout(() => {
    process.stderr.write('Not everything could be finished in time: stopping all the same.\n')
    process.exit(1)
  }, DRAIN_TIMEOUT_MS).unref()
  if (running.app !== null) await closeAndExit(running.app)
}

const closeAndExit = async (app: App): Promise<never> => {
  await app.close()
  return process.exit(0)
}

// At once: process 1 of a container ignores signals that it does not handle.
process.on('SIGTERM', stop)
process.on('SIGINT', stop)

const config = configure()
const app = await createApp({ config, logger: createLogger(config) }).catch(orStop)
// Before anything else can fail, a port that is taken above all: there is no second first start to show the key at.
announceFirstStart(app)
if (running.stopping) await closeAndExit(app)
running.app = app
announce(await app.listen().catch(orStop), config.graphiql)
