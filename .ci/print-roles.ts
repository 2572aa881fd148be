// Writes docs/roles.md from the table that the tests of roles go by: what is documented is what is tested.
// With --check it writes nothing and fails where the file is not what would be written.

import { readFileSync, writeFileSync } from 'node:fs'
import { BUILT_IN_MODULES, ROLES } from '../src/kernel/grants.ts'
import type { Rule } from '../test/roles/rules.ts'
import { OBJECTS, TABLE } from '../test/roles/table.ts'
import { inWords } from '../test/roles/words.ts'

const FILE = 'docs/roles.md'

const modules = Object.entries(BUILT_IN_MODULES).map(([name, about]) => `| \`${name}\` | ${about} |`)

const INTRODUCTION = `<!-- Printed from test/roles/table.ts by \`npm run roles:print\`; not to be edited by hand. -->

# Who may do what

A **grant** is a role in a module, written \`module:role\`. Roles are ordered, and each includes those before it:
${ROLES.map((role) => `\`${role.toLowerCase()}\``).join(' < ')}. The module \`*\` stands for all modules. \`*:owner\` is for members alone: an API key is never an owner.

| module | what a role in it is about |
|---|---|
${modules.join('\n')}

A root organization defines more modules, of the customer's own product; Keyturn carries roles in them, and asks for none.

- **Grants inherit downwards.** What is granted in an organization holds in all organizations below it, never above.
- **Nobody grants more than they hold**, to a member or to a key; and only owners change or remove owners.
- **A personal access key** carries what its owner may do now, or less where it was narrowed. Its owner sees and changes it
  without any grant. It dies with the membership.
- **An API key** carries its own grants, and may look at itself, rotate itself and end itself. It outlives whoever made it.
- **A console session** carries what the personal access key carries that it was started with, and is used as its secret is; after
  a sign-in at the identity provider, what the member may do.
- **An access token** carries what its key carries, or the narrower scope that it was made with, in the organization that it
  was made for and below. What follows from being the key or its owner ("not by a token") needs the key's secret, a
  console session or a sign-in at the identity provider. The one exception is that a token may end its own key.

A field that the caller may not read is null, with an error at its path: \`FORBIDDEN\`, and in \`required\` the grants of
which one would do. What belongs to an organization that the caller does not belong to is \`NOT_FOUND\`, like what does not
exist. A credential that is not good is \`UNAUTHENTICATED\`, for every field.

"Members of the organization" are those of the object's organization and of those above it, and the API keys made there.
"Whoever may read the object" is said first for each type that has a rule of its own; all other types are part of the object
that shows them.
`

const typeOf = (row: string): string => row.slice(0, row.indexOf('.'))

const section = (type: string, rows: readonly [string, Rule][]): string => {
  const own = OBJECTS[type]
  const lines = rows.map(([row, rule]) => `| \`${row.slice(type.length + 1)}\` | ${inWords(rule)} |`)
  const readable = own === undefined ? '' : `\nReadable to: ${inWords(own)}.\n`
  return `## ${type}\n${readable}\n| field | who |\n|---|---|\n${lines.join('\n')}\n`
}

const types = [...new Set(Object.keys(TABLE).map(typeOf))]
const sections = types.map((type) =>
  section(
    type,
    Object.entries(TABLE).filter(([row]) => typeOf(row) === type),
  ),
)
const printed = [INTRODUCTION, ...sections].join('\n')

if (!process.argv.includes('--check')) {
  writeFileSync(FILE, printed)
} else if (readFileSync(FILE, 'utf8') !== printed) {
  console.error(`${FILE} is not what the table says. Run \`npm run roles:print\` and commit the result.`)
  process.exitCode = 1
}
