import type { CompletedCommand } from './commands.ts'

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/** The `complete` lines of a command. */
const linesOf = ({ path, commands, options, choices }: CompletedCommand): string[] => {
  const at = `complete -c keyturn -n ${quoted(`test (__keyturn_path) = "${path.join(' ')}"`)}`
  const values = choices.length === 0 ? [] : [`${at} -f -a ${quoted(choices.join(' '))}`]
  return [
    ...commands.map(({ text, description }) => `${at} -f -a ${quoted(text)} -d ${quoted(description)}`),
    ...values,
    ...options.map((option) => {
      const line = `${at} -l ${option.text.replace(/^--/, '')} -d ${quoted(option.description)}`
      if (option.values === null) return line
      return option.values.length === 0 ? `${line} -r` : `${line} -x -a ${quoted(option.values.join(' '))}`
    }),
  ]
}

/** Completion for fish. */
export const fishScript = (commands: readonly CompletedCommand[]): string => {
  const paths = commands.filter(({ path }) => path.length > 0).map(({ path }) => quoted(path.join(' ')))
  return `# fish completion for keyturn: keyturn completion fish | source
function __keyturn_path
  set -l path
  for word in (commandline -opc)[2..-1]
    set -l next (string join ' ' $path $word)
    if contains -- "$next" ${paths.join(' ')}
      set path $path $word
    end
  end
  echo (string join ' ' $path)
end
${commands.flatMap(linesOf).join('\n')}
`
}
