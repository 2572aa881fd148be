import type { Command } from 'commander'
import { countOption, durationOption, expiryOption, finiteExpiryOption, grantOption, listOption } from '../options.ts'
import { KEY_STATUSES, REVOCATION_REASONS } from './api-values.ts'
import { choiceOption, choicesOption } from './choices.ts'
import { lazily } from './lazily.ts'

const withFilter = (command: Command): Command =>
  command
    .option('--expiring <duration>', 'keys that expire within it, such as 30d', durationOption)
    .option('--unused <duration>', 'keys that were not used for it, such as 90d', durationOption)
    .addOption(choicesOption('--status <statuses>', 'keys in any of these states', KEY_STATUSES))
    .option('--search <text>', 'part of a name, a description or the hint of a secret, or an id')
    .option('--project <project>', 'keys of the project, by id or slug')
    .option('--include-suborganizations', 'also keys of the organizations below')

const withNewKeyOptions = (command: Command): Command =>
  command
    .option(
      '--expires <when>',
      'a duration (30d), a date (2026-12-31) or "never"; default: the lifetime of the policy',
      expiryOption,
    )
    .option('--description <text>', 'description')
    .option('--allow-ip <cidr>', 'range that it may be used from (repeatable); default: anywhere', listOption)
    .option(
      '--warn-before <duration>',
      'warn so long before the expiry (repeatable); default: those of the policy',
      (text: string, before: readonly number[] = []) => [...before, durationOption(text)],
    )

const withRotation = (command: Command): Command =>
  command
    .option('--overlap <duration>', 'time for which the old secret stays valid; 0s retires it at once', durationOption)
    .option('--overlap-from-first-use', 'count the overlap from the first use of the new secret')
    .option('--expires <when>', 'a duration or a date; default: a lifetime as long as the last one', finiteExpiryOption)
    .option(
      '--exec <command>',
      'give the new secret to a command on its standard input; if it fails, cancel the rotation',
    )
    .action(lazily(async () => (await import('../commands/rotate-key.ts')).rotateKey))

const defineRotationEnds = (keys: Command): void => {
  keys
    .command('complete-rotation')
    .description('retire the old secret before the overlap ends')
    .argument('<id>')
    .action(lazily(async () => (await import('../commands/change-key.ts')).completeRotation))
  keys
    .command('cancel-rotation')
    .description('go back to the old secret and drop the new one')
    .argument('<id>')
    .action(lazily(async () => (await import('../commands/change-key.ts')).cancelRotation))
}

const withRevocation = (command: Command): Command =>
  command
    .addOption(choiceOption('--reason <reason>', 'why', REVOCATION_REASONS))
    .option('--note <text>', 'more about it, for the audit log')
    .option('--descendants', 'also every key that was created with it')

const defineKeys = (program: Command): void => {
  const keys = program.command('keys').description('manage API keys')
  withFilter(keys.command('list').description('list the keys')).action(
    lazily(async () => (await import('../commands/list-keys.ts')).listKeys),
  )
  withNewKeyOptions(
    keys
      .command('create')
      .description('create a key; its secret is printed, this once')
      .argument('<name>')
      .option('--grant <module:role>', 'grant of the key (repeatable)', grantOption)
      .option('--project <project>', 'project that owns it, by id or slug'),
  ).action(lazily(async () => (await import('../commands/create-key.ts')).createKey))
  keys
    .command('show')
    .description('show all about a key')
    .argument('<id>')
    .action(lazily(async () => (await import('../commands/show-key.ts')).showKey))
  withRotation(keys.command('rotate').description('give a key a new secret').argument('<id>'))
  defineRotationEnds(keys)
  withFilter(
    withRevocation(keys.command('revoke').description('revoke keys permanently: by id, or all that a filter selects')),
  )
    .argument('[ids...]')
    .action(lazily(async () => (await import('../commands/revoke-keys.ts')).revokeKeys))
  keys
    .command('suspend')
    .description('stop a key until it is resumed')
    .argument('<id>')
    .action(lazily(async () => (await import('../commands/change-key.ts')).suspendKey))
  keys
    .command('resume')
    .description('resume a suspended key')
    .argument('<id>')
    .action(lazily(async () => (await import('../commands/change-key.ts')).resumeKey))
}

const definePersonalKeys = (program: Command): void => {
  const keys = program.command('personal-keys').description('manage your personal access keys')
  keys
    .command('list')
    .description('list your keys, of all organizations or of the one with --organization')
    .action(lazily(async () => (await import('../commands/list-personal-keys.ts')).listPersonalKeys))
  withNewKeyOptions(
    keys
      .command('create')
      .description('create a key; its secret is printed, this once')
      .argument('<name>')
      .option('--grant <module:role>', 'grant of the key (repeatable); default: all of yours', grantOption),
  ).action(lazily(async () => (await import('../commands/create-key.ts')).createPersonalKey))
  withRotation(keys.command('rotate').description('give a key a new secret').argument('<id>'))
  defineRotationEnds(keys)
  withRevocation(keys.command('revoke').description('revoke keys permanently').argument('<ids...>')).action(
    lazily(async () => (await import('../commands/revoke-keys.ts')).revokeKeys),
  )
}

/** Commands about keys, their warnings and their events. */
export const defineKeyCommands = (program: Command): void => {
  program.commandsGroup('Keys:')
  defineKeys(program)
  definePersonalKeys(program)
  program
    .command('warnings')
    .description('list the open expiry warnings')
    .option('--acknowledge <id>', 'acknowledge a warning instead (repeatable)', listOption)
    .action(lazily(async () => (await import('../commands/warnings.ts')).warnings))
  program
    .command('watch')
    .description('follow expiry warnings and key events, live')
    .option('--since <sequence>', 'begin after this sequence; 0: from the beginning', countOption)
    .option('--exec <command>', 'run a command for each event, with the event as JSON on its standard input')
    .action(lazily(async () => (await import('../commands/watch.ts')).watch))
}
