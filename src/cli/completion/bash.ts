import type { CompletedCommand } from './commands.ts'

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

const wordsOf = ({ commands, options, choices }: CompletedCommand): string =>
  [...commands.map(({ text }) => text), ...choices, ...options.map(({ text }) => text)].join(' ')

const pathOf = ({ path }: CompletedCommand): string => path.join(' ')

/** The lines of a `case` that sets the words for the command, or for the value of the option, at the cursor. */
export const caseLines = (commands: readonly CompletedCommand[]) => ({
  paths: commands.filter(({ path }) => path.length > 0).map((command) => quoted(pathOf(command))),
  values: commands.flatMap((command) =>
    command.options.flatMap(({ text, values }) =>
      values === null
        ? []
        : [`    ${quoted(`${pathOf(command)} ${text}`.trim())}) candidates=${quoted(values.join(' '))} ;;`],
    ),
  ),
  words: commands.map((command) => `    ${quoted(pathOf(command))}) candidates=${quoted(wordsOf(command))} ;;`),
})

/** Completion for bash 3.2 and newer. Where nothing is known, bash completes file names. */
export const bashScript = (commands: readonly CompletedCommand[]): string => {
  const { paths, values, words } = caseLines(commands)
  return `# bash completion for keyturn: eval "$(keyturn completion bash)"
_keyturn() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path='' next candidates='' index
  for ((index = 1; index < COMP_CWORD; index++)); do
    next="\${path:+$path }\${COMP_WORDS[index]}"
    case "$next" in
    ${paths.join('|')}) path="$next" ;;
    esac
  done
  next="\${path:+$path }\${COMP_WORDS[COMP_CWORD - 1]}"
  COMPREPLY=()
  case "$next" in
${values.join('\n')}
  *)
    case "$path" in
${words.join('\n')}
    esac
    ;;
  esac
  if [ -n "$candidates" ]; then COMPREPLY=($(compgen -W "$candidates" -- "$current")); fi
}
complete -o default -F _keyturn keyturn
`
}
