import { caseLines } from './bash.ts'
import type { CompletedCommand } from './commands.ts'

/** Completion for zsh. Where nothing is known, zsh completes file names. */
export const zshScript = (commands: readonly CompletedCommand[]): string => {
  const { paths, values, words } = caseLines(commands)
  return `#compdef keyturn
# zsh completion for keyturn: source <(keyturn completion zsh)
_keyturn() {
  local command_path='' next candidates='' index
  for ((index = 2; index < CURRENT; index++)); do
    next="\${command_path:+$command_path }\${words[index]}"
    case "$next" in
    ${paths.join('|')}) command_path="$next" ;;
    esac
  done
  next="\${command_path:+$command_path }\${words[CURRENT - 1]}"
  case "$next" in
${values.join('\n')}
  *)
    case "$command_path" in
${words.join('\n')}
    esac
    ;;
  esac
  if [[ -n "$candidates" ]]; then compadd -- \${=candidates}; else _files; fi
}
compdef _keyturn keyturn
if [[ "\${funcstack[1]}" == _keyturn ]]; then _keyturn "$@"; fi
`
}
