import { API_URL } from '../data/clients.ts'
import type { ConsoleDocument, Variables } from '../data/document.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Menu } from '../ui/menu.tsx'
import type { MenuItem } from '../ui/popup-menu.tsx'
import { shellQuote } from './shell-quote.ts'
import { useToasts } from './toasts.tsx'

export interface CopyAsProps<D, V extends Variables> {
  readonly document: ConsoleDocument<D, V>
  readonly variables: V
  /** The same as a `keyturn` command; null where the command line has none. */
  readonly command: string | null
  readonly size?: 'normal' | 'small'
  /** For a row with several actions: an icon alone, with this name, such as "Copy the test as". */
  readonly label?: string
}

const asGraphQL = (query: string, variables: Variables): string =>
  `${query.trim()}\n\n# Variables\n${JSON.stringify(variables, null, 2).replaceAll(/^/gm, '# ')}\n`

const asCurl = (query: string, variables: Variables): string => {
  const compact = query.trim().replaceAll(/\s+/g, ' ')
  const body = shellQuote(JSON.stringify({ query: compact, variables }))
  return [
    `curl ${shellQuote(API_URL)} \\`,
    `  -H "authorization: Bearer $KEYTURN_KEY" \\`,
    "  -H 'content-type: application/json' \\",
    `  --data ${body}`,
  ].join('\n')
}

/** Copies an action as what can be run elsewhere: GraphQL, curl or a keyturn command. It holds no credential. */
export const CopyAs = <D, V extends Variables>({ document, variables, command, ...look }: CopyAsProps<D, V>) => {
  const { size = 'small', label } = look
  const toasts = useToasts()
  const copy = async (text: string, what: string) => {
    try {
      await navigator.clipboard.writeText(text)
      toasts.show(`Copied as ${what}`)
    } catch {
      toasts.show('The browser does not allow copying here')
    }
  }
  const query = document.toString()
  const items: MenuItem[] = [
    { label: 'GraphQL', icon: 'list', onSelect: () => void copy(asGraphQL(query, variables), 'GraphQL') },
    { label: 'curl', icon: 'terminal', onSelect: () => void copy(asCurl(query, variables), 'curl') },
    {
      label: 'keyturn command',
      icon: 'terminal',
      onSelect: () => void copy(command ?? '', 'a keyturn command'),
      disabledReason: command === null ? 'The command line has no such command.' : null,
    },
  ]
  return (
    <Menu
      align="start"
      trigger={
        label === undefined ? (
          <Button variant="quiet" size={size} icon="copy">
            Copy as
          </Button>
        ) : (
          <IconButton size={size} icon="copy" label={label} />
        )
      }
      groups={[items]}
    />
  )
}
