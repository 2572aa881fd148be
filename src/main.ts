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
