import { Command } from 'commander'
import { defineAccountCommands } from './definitions/account-commands.ts'
import { defineAuditCommands } from './definitions/audit-commands.ts'
import { defineKeyCommands } from './definitions/key-commands.ts'
import { defineNotificationCommands } from './definitions/notification-commands.ts'
import { defineOperatorCommands } from './definitions/operator-commands.ts'
import { defineToolCommands } from './definitions/tool-commands.ts'
import { harmless } from './terminal/harmless.ts'
import { readVersion } from './version.ts'

const EXIT_CODES = `
Exit codes: 0 success, 1 refused or failed, 2 wrong usage, 3 not logged in, 78 bad configuration.`

/** The whole command line. What a command does is imported when it is called. */
export const createProgram = (): Command => {
  const program = new Command('keyturn')
    .description('Keyturn: API keys, personal access keys and access tokens')
    .version(readVersion())
    .option('--json', 'print JSON')
    .option('--utc', 'show instants in UTC')
    .option('--organization <organization>', 'work in another organization, by id or slug')
    .option('--yes', 'do not ask for confirmation')
    .option('--profile <name>', 'use another of the stored servers')
    .addHelpText('after', EXIT_CODES)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      // One line, as every error.
      outputError: (text, write) => write(`${harmless(text.trim().replace(/^error: /, ''))}\n`),
    })
    .exitOverride()
  defineKeyCommands(program)
  defineAuditCommands(program)
  defineNotificationCommands(program)
  defineAccountCommands(program)
  defineToolCommands(program)
  defineOperatorCommands(program)
  return program
}
