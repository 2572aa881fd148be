#!/usr/bin/env node
import { CommanderError } from 'commander'
import { EXIT } from './command-error.ts'
import { createProgram } from './program.ts'

/** The reader of standard output has closed it. */
const endWithReader = (error: NodeJS.ErrnoException): void => {
  if (error.code === 'EPIPE') process.exit(EXIT.failed)
  process.stderr.write(`Standard output failed: ${error.message}\n`)
  process.exit(EXIT.failed)
}

const program = createProgram().hook('preAction', (_, command) => {
  if (command.name() !== 'serve') process.stdout.on('error', endWithReader)
})

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError)
    // Requested help is a success. Help that is shown because a command is missing is not.
    process.exitCode = error.code !== 'commander.help' && error.exitCode === 0 ? 0 : EXIT.wrongUsage
  else {
    const { reportFailure } = await import('./report-failure.ts')
    process.exitCode = reportFailure(error)
  }
}
