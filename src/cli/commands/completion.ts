import type { Command } from 'commander'
import { bashScript } from '../completion/bash.ts'
import { commandsOf } from '../completion/commands.ts'
import { fishScript } from '../completion/fish.ts'
import { zshScript } from '../completion/zsh.ts'
import type { GlobalOptions } from '../options.ts'
import { Output } from '../terminal/output.ts'

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript }

/** Prints the completion script for a shell, made from the commands and options that there are. */
export const printCompletion = async (
  program: Command,
  options: GlobalOptions,
  shell: keyof typeof SCRIPTS,
): Promise<void> => {
  const script = SCRIPTS[shell](commandsOf(program))
  const output = new Output(options)
  await (output.json ? output.value({ shell, script }) : output.line(script.trimEnd()))
}
