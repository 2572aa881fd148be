import type { Command } from 'commander'
import { grantOption } from '../options.ts'
import { lazily } from './lazily.ts'

/** Commands about who is logged in where. */
export const defineAccountCommands = (program: Command): void => {
  program.commandsGroup('Account:')
  program
    .command('login')
    .description('store a server and the secret of a key')
    .option('--server <url>', 'address of the server, such as https://keys.example.com')
    .option('--key <->', 'with "-": read the secret from standard input; default: prompt')
    .action(lazily(async () => (await import('../commands/login.ts')).login))
  program
    .command('logout')
    .description('forget the server and the secret')
    .action(lazily(async () => (await import('../commands/profiles.ts')).logout))
  program
    .command('whoami')
    .description('show who is logged in, and where')
    .action(lazily(async () => (await import('../commands/whoami.ts')).whoami))
  const profiles = program.command('profiles').description('manage the stored servers')
  profiles
    .command('list')
    .description('list the profiles')
    .action(lazily(async () => (await import('../commands/profiles.ts')).listProfiles))
  profiles
    .command('use')
    .description('make a profile the current one')
    .argument('<name>')
    .action(lazily(async () => (await import('../commands/profiles.ts')).useProfile))
  program
    .command('token')
    .description('exchange the key for an access token and print it')
    .option('--scope <grants>', 'narrower grants, such as "build:operator audit:viewer"', grantOption)
    .option('--audience <audience>', "service that the token is for; default: Keyturn's own API")
    .action(lazily(async () => (await import('../commands/token.ts')).token))
}
