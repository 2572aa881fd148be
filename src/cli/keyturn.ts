#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { readConfig } from '../config.ts'
import { exitOnStartupError } from '../startup-faults.ts'

const USAGE = `keyturn serve                          starts the server
keyturn migrate [--status | --revert]  runs, lists or reverts database migrations
keyturn signing-key rotate             rotates the signing key

--json prints one JSON value. The environment variables are the same as for the server.
`
const FAILED = 1
const WRONG_USAGE = 2

const wrongUsage = (fault: string): never => {
  process.stderr.write(`${fault}\n\n${USAGE}`)
  process.exit(WRONG_USAGE)
}

const parse = () => {
  try {
    const options = { json: { type: 'boolean' }, status: { type: 'boolean' }, revert: { type: 'boolean' } } as const
    return parseArgs({ options: { ...options, help: { type: 'boolean', short: 'h' } }, allowPositionals: true })
  } catch (error) {
    return wrongUsage((error as Error).message)
  }
}

const { values, positionals } = parse()
const command = positionals.join(' ')

/** The result of a command: lines of text, and the value for --json. */
interface Outcome {
  readonly lines: readonly string[]
  readonly value: unknown
}

// Imported on demand, so that a usage error does not load the whole service.
const operator = () => import('./operator.ts')

const migrate = async (): Promise<Outcome> => {
  const config = readConfig()
  const { migrationStates, revertMigration, runMigrations } = await operator()
  if (values.status === true) {
    const states = await migrationStates(config)
    return { lines: states.map(({ name, run }) => `${run ? 'run    ' : 'pending'}  ${name}`), value: states }
  }
  if (values.revert === true) {
    const reverted = await revertMigration(config)
    return {
      lines: [reverted === null ? 'No migration to revert.' : `Reverted: ${reverted}`],
      value: { reverted },
    }
  }
  const run = await runMigrations(config)
  return { lines: run.length === 0 ? ['No pending migrations.'] : run.map((name) => `Run: ${name}`), value: { run } }
}

const rotate = async (): Promise<Outcome> => {
  const config = readConfig()
  const keyId = await (await operator()).rotateSigningKey(config)
  return { lines: [`The signing key is now ${keyId}.`], value: { keyId } }
}

const COMMANDS: Readonly<Record<string, () => Promise<Outcome>>> = { migrate, 'signing-key rotate': rotate }

const run = async (): Promise<void> => {
  const work = COMMANDS[command] ?? wrongUsage(command === '' ? 'No command given.' : `Unknown command: ${command}.`)
  if (command !== 'migrate' && (values.status ?? values.revert) !== undefined)
    wrongUsage('--status and --revert are options of migrate.')
  if (values.status === true && values.revert === true) wrongUsage('--status and --revert cannot be combined.')
  const { lines, value } = await work()
  process.stdout.write(values.json === true ? `${JSON.stringify(value)}\n` : `${lines.join('\n')}\n`)
}

if (values.help === true) process.stdout.write(USAGE)
else if (command === 'serve') await import('../main.ts')
else
  await run().catch((error: unknown) => {
    if (!(error instanceof Error && error.name === 'OperatorError')) return exitOnStartupError(error)
    process.stderr.write(`${error.message}\n`)
    process.exit(FAILED)
  })
