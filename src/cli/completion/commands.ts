import type { Command, Option } from 'commander'

/** A word that can come next, and what it means. */
export interface Word {
  readonly text: string
  readonly description: string
}

export interface CompletedOption extends Word {
  /** What can follow it; null for a flag, empty where anything can. */
  readonly values: readonly string[] | null
}

/** A command as a shell completes it. */
export interface CompletedCommand {
  /** The words that lead to it: empty for the program itself. */
  readonly path: readonly string[]
  readonly commands: readonly Word[]
  readonly options: readonly CompletedOption[]
  /** Allowed values of its argument, if they are limited. */
  readonly choices: readonly string[]
}

const optionOf = ({ long, description, argChoices, required, optional }: Option): CompletedOption => ({
  text: long ?? '',
  description,
  values: required || optional ? (argChoices ?? []) : null,
})

const HELP: CompletedOption = { text: '--help', description: 'display help for command', values: null }

/** All commands of a program, each before those below it. Options of the program are options of each command. */
export const commandsOf = (program: Command): CompletedCommand[] => {
  const globals = program.options.map(optionOf)
  const visit = (command: Command, path: readonly string[]): CompletedCommand[] => [
    {
      path,
      commands: command.commands.map((each) => ({ text: each.name(), description: each.description() })),
      options: [...(path.length === 0 ? [] : command.options.map(optionOf)), ...globals, HELP],
      choices: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    },
    ...command.commands.flatMap((each) => visit(each, [...path, each.name()])),
  ]
  return visit(program, [])
}
