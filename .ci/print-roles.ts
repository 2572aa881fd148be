// Writes docs/roles.md from the table that the tests of roles use: what is documented is what is tested.
// With --check it writes nothing, and fails if the file is out of date.

import { readFileSync, writeFileSync } from 'node:fs'
import { BUILT_IN_MODULES, ROLES } from '../src/kernel/grants.ts'
import type { Rule } from '../test/roles/rules.ts'
import { OBJECTS, TABLE } from '../test/roles/table.ts'
import { inWords } from '../test/roles/words.ts'

const FILE = 'docs/roles.md'

const modules = Object.entries(BUILT_IN_MODULES).map(([name, about]) => `| \`${name}\` | ${about} |`)

const INTRODUCTION = `<!-- Printed from test/roles/table.ts by \`npm run roles:print\`. Do not edit. -->

# Who may do what

A **grant** is a role in a module, written \`module:role\`. Roles are ordered, and each includes those before it:
${ROLES.map((role) => `\`${role.toLowerCase()}\``).join(' < ')}. The module \`*\` means all modules. Only members can have \`*:owner\`: an API key is never an owner.

| module | what a role in it covers |
|---|---|
${modules.join('\n')}

A root organization can define more modules, for the customer's own product. Keyturn stores roles in them and requires none.

- **Grants are inherited downwards.** A grant in an organization is valid in all organizations below it, never above.
- **Nobody can grant more than they have**, to a member or to a key. Only owners can change or remove owners.
- **A personal access key** has the current grants of its owner, or fewer if it was narrowed. Its owner can read and change it
  without any grant. It is revoked when the membership ends.
- **An API key** has its own grants. It can read, rotate and revoke itself. It stays valid when its creator leaves.
- **A console session** has the grants of the personal access key that it was started with, and counts as that key's secret.
  After a sign-in at the identity provider it has the grants of the member.
- **An access token** has the grants of its key, or the narrower scope that was requested for it, in the organization that it was
  issued for and below. Rights of the key itself or of its owner ("not by a token") need the key's secret, a console session or
  a sign-in at the identity provider. There is one exception: a token can revoke its own key.

A field that the caller may not read is null, with an error at its path: \`FORBIDDEN\`, whose \`required\` lists the grants of
which one is enough. An object of an organization that the caller does not belong to is \`NOT_FOUND\`, as if it did not exist.
An invalid credential is \`UNAUTHENTICATED\`, for every field.

"Members of the organization" are the members of the object's organization and of those above it, and the API keys created
there. If a type has a rule of its own, it is stated first: "Readable to". All other types are part of the object that contains
them.
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
  console.error(`${FILE} is out of date. Run \`npm run roles:print\` and commit the result.`)
  process.exitCode = 1
}
