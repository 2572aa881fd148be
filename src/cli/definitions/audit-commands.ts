import { type Command, Option } from 'commander'
import { countOption, sinceOption } from '../options.ts'
import { EVENT_TYPES, EXPORT_FORMATS } from './api-values.ts'
import { choicesOption } from './choices.ts'
import { lazily } from './lazily.ts'

/** Commands about the audit log. */
export const defineAuditCommands = (program: Command): void => {
  program.commandsGroup('Audit log:')
  const audit = program.command('audit').description('read, export and verify the audit log')
  audit
    .command('list')
    .description('list events, newest first')
    .addOption(choicesOption('--type <types>', 'events of any of these types', EVENT_TYPES))
    .option('--actor <id>', 'events that this user or API key caused')
    .option('--key <id>', 'events about this key')
    .option('--since <when>', 'events since a date (2026-11-30) or a duration ago (7d)', sinceOption)
    .option('--limit <count>', 'at most so many', countOption)
    .action(lazily(async () => (await import('../commands/audit-list.ts')).listEvents))
  audit
    .command('export')
    .description('write the log, oldest event first, one event a line')
    .addOption(new Option('--format <format>', 'default: ndjson, with --syslog cef').choices(EXPORT_FORMATS))
    .option('--follow', 'go on with what happens, until Ctrl-C')
    .option('--after <sequence>', 'begin after this event, where the state file has no position yet', countOption)
    .option('--state <file>', 'keep the position in a file, and continue from it')
    .option('--output <file>', 'append to a file and sync it; default: standard output')
    .option('--syslog <address>', 'send to a syslog receiver by TLS, such as tls://siem.example.com:6514')
    .option('--ca <file>', 'certificate authorities that the receiver is verified with; default: those of the system')
    .action(lazily(async () => (await import('../commands/audit-export.ts')).exportEvents))
  audit
    .command('checkpoint')
    .description('print a signed head of the log as JSON, to be stored elsewhere')
    .action(lazily(async () => (await import('../commands/audit-checkpoint.ts')).checkpoint))
  audit
    .command('verify')
    .description('verify an exported log and its archives, without a server')
    .argument('<files...>', 'the export, and the archives of events before it; "-" for standard input')
    .option('--checkpoint <file>', 'what keyturn audit checkpoint printed: also notices a missing end')
    .action(lazily(async () => (await import('../commands/audit-verify.ts')).verifyFile))
}
