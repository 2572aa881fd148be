import { pino } from 'pino'
import { type App, createApp } from './app.ts'
import { type Config, ConfigError, readConfig } from './config.ts'

/** sysexits.h: EX_CONFIG. */
const BAD_CONFIGURATION = 78
const DRAIN_TIMEOUT_MS = 10_000

/** What operators see when something that the service needs is not there: by the code that Node or a driver gives it. */
const CAUSES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something else listens at that address: stop it, or set KEYTURN_PORT',
  EADDRNOTAVAIL: 'this machine does not have that address: set KEYTURN_HOST',
  EACCES: 'the system does not allow it: look at the port and at who owns KEYTURN_DATA_DIR',
  ECONNREFUSED: 'the database does not answer: look at KEYTURN_DATABASE_URL',
  ENOTFOUND: 'the host of the database is not known: look at KEYTURN_DATABASE_URL',
  SQLITE_CANTOPEN: 'the database file cannot be opened: look at KEYTURN_DATA_DIR',
  SQLITE_NOTADB: 'the database file is no SQLite database: look at KEYTURN_DATA_DIR',
}

/** Stops where the configuration is not usable, with every fault named, or where what it names is not there. */
const orStop = (error: unknown): never => {
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`)
    process.exit(BAD_CONFIGURATION)
  }
  const { code, message } = error as { readonly code?: string; readonly message?: string }
  const cause = CAUSES[code ?? '']
  if (cause === undefined) throw error
  process.stderr.write(`Keyturn cannot start, ${cause} (${message})\n`)
  process.exit(1)
}

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

const stopOnSignals = (app: App): void => {
  let stopping = false
  const stop = async () => {
    if (stopping) return
    stopping = true
    setTimeout(() => {
      process.stderr.write('Not everything could be finished in time: stopping all the same.\n')
      process.exit(1)
    }, DRAIN_TIMEOUT_MS).unref()
    await app.close()
    process.exit(0)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

const config = configure()
const app = await createApp({ config, logger: createLogger(config) }).catch(orStop)
stopOnSignals(app)
// Before anything else can fail, a port that is taken above all: there is no second first start to show the key at.
announceFirstStart(app)
announce(await app.listen().catch(orStop), config.graphiql)
