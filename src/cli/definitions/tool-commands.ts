import { Argument, type Command, Option } from 'commander'
import { lazily } from './lazily.ts'

/** Commands that help other programs. */
export const defineToolCommands = (program: Command): void => {
  program.commandsGroup('Tools:')
  program
    .command('scanner-rules')
    .description('print rules with which a scanner finds your secrets')
    .addOption(new Option('--format <format>', 'scanner').choices(['gitleaks', 'trufflehog']).makeOptionMandatory())
    .option('--prefix <prefix>', 'first part of the secrets; default: KEYTURN_KEY_PREFIX, or that of your key')
    .action(lazily(async () => (await import('../commands/scanner-rules.ts')).scannerRules))
  program
    .command('completion')
    .description('print a script that completes commands and options')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .action(
      lazily(async () => {
        const { printCompletion } = await import('../commands/completion.ts')
        return (options, shell: 'bash' | 'zsh' | 'fish') => printCompletion(program, options, shell)
      }),
    )
}
