import { type Command, Option } from 'commander'
import { lazily } from './lazily.ts'

/** Commands that work with the configuration of the server, on its machine. */
export const defineOperatorCommands = (program: Command): void => {
  program.commandsGroup('Server:')
  program
    .command('serve')
    .description('run the server')
    .action(lazily(async () => (await import('../serve.ts')).serve))
  program
    .command('migrate')
    .description('run the pending database migrations')
    .option('--status', 'list the migrations instead')
    .addOption(new Option('--revert', 'revert the newest migration instead').conflicts('status'))
    .action(lazily(async () => (await import('../commands/operate.ts')).migrate))
  program
    .command('backup')
    .description('write a verified snapshot of the database into a new file')
    .argument('<file>')
    .action(lazily(async () => (await import('../commands/operate.ts')).backup))
  program
    .command('restore')
    .description('restore a backup into the configured database, which must be empty')
    .argument('<file>')
    .action(lazily(async () => (await import('../commands/operate.ts')).restore))
  program
    .command('owner-key')
    .description('issue a new key to the owner of the server, whose first one was lost')
    .option('--force', 'even if the owner has an active key that was used')
    .action(lazily(async () => (await import('../commands/operate.ts')).ownerKey))
  program
    .command('signing-key')
    .description('manage the key that signs access tokens')
    .command('rotate')
    .description('sign with a new key from now on')
    .action(lazily(async () => (await import('../commands/operate.ts')).rotateSigningKey))
}
