// Rules about sources that neither the linter nor the import graph can state, checked on the syntax tree:
//
//   1. Only src/config.ts, and for the command line src/cli/environment.ts, read the environment. src/production-mode.ts sets it.
//   2. Only src/persistence/data-source.ts holds TypeORM's DataSource as a value; others may name its type.
//   3. Only src/persistence and *.store.ts files run queries.
//   4. No `import('...')` in a type: the import graph does not see it, so the arrows would not hold for it.
//   5. Of the rest of src/, the console imports only src/client and what is free of Node.js: parts of src/kernel, src/audit-chain.

import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseFileSync } from '@swc/core'

type SyntaxNode = { readonly type: string } & Readonly<Record<string, unknown>>

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'

/** Every syntax node in `value`, outermost first. */
function* nodesOf(value: unknown): Generator<SyntaxNode> {
  if (typeof value !== 'object' || value === null) return
  if (isNode(value)) yield value
  for (const part of Object.values(value)) yield* nodesOf(part)
}

const textOf = (value: unknown): unknown => (isNode(value) ? value.value : undefined)
const nodesIn = (value: unknown): SyntaxNode[] => (Array.isArray(value) ? value.filter(isNode) : [])
const isProcess = (node: unknown): boolean =>
  textOf(node) === 'process' ||
  (isNode(node) && node.type === 'MemberExpression' && textOf(node.property) === 'process')

/** The name on the other side of `import { name as local }`; `*` for a namespace, which holds every name. */
const importedName = (specifier: SyntaxNode): unknown => {
  if (specifier.type === 'ImportNamespaceSpecifier') return '*'
  if (specifier.type === 'ImportDefaultSpecifier') return 'default'
  return textOf(specifier.imported ?? specifier.local)
}

/** What `node` loads when the program runs: the module and, where the syntax says so, the names taken from it. */
const loadedBy = (node: SyntaxNode): { module: string; names: unknown[] } | undefined => {
  const isDynamic = node.type === 'CallExpression' && isNode(node.callee) && node.callee.type === 'Import'
  if (isDynamic) {
    const argument = [...nodesOf(node.arguments)].find((inner) => inner.type === 'StringLiteral')
    return { module: String(argument?.value), names: ['*'] }
  }
  const isDeclaration = ['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration'].includes(node.type)
  if (!isDeclaration || node.typeOnly === true || !isNode(node.source)) return undefined
  const specifiers = nodesIn(node.specifiers).filter((specifier) => specifier.isTypeOnly !== true)
  const names = node.type === 'ImportDeclaration' ? specifiers.map(importedName) : ['*']
  return { module: String(node.source.value), names }
}

const readsEnvironment = (node: SyntaxNode): boolean => {
  if (node.type === 'MemberExpression') {
    const property =
      isNode(node.property) && node.property.type === 'Computed' ? node.property.expression : node.property
    return isProcess(node.object) && textOf(property) === 'env'
  }
  if (node.type === 'VariableDeclarator' && isProcess(node.init) && isNode(node.id)) {
    return nodesIn(node.id.properties).some((property) => textOf(property.key) === 'env')
  }
  const loaded = loadedBy(node)
  return loaded !== undefined && /^(node:)?process$/.test(loaded.module) && loaded.names.includes('env')
}

/** `reader.query(...)`, or a member of `reader.manager`. */
const runsQuery = (node: SyntaxNode): boolean => {
  if (node.type !== 'MemberExpression' || !isNode(node.object) || !isNode(node.property)) return false
  const [object, property] = [textOf(node.object) ?? textOf(node.object.property), textOf(node.property)]
  return object === 'manager' || (property === 'query' && /^(reader|writer|runner)$/.test(String(object)))
}

/** What the console may import of the rest of src/. */
const FOR_THE_CONSOLE = /^src\/(?:console\/|client\/|audit-chain\/|kernel\/(?:grants|duration)\.ts$)/

interface Rule {
  readonly appliesTo: (file: string) => boolean
  readonly isBrokenBy: (node: SyntaxNode, file: string) => boolean
  readonly message: string
}

const rules: readonly Rule[] = [
  {
    appliesTo: (file) => !['src/config.ts', 'src/production-mode.ts', 'src/cli/environment.ts'].includes(file),
    isBrokenBy: readsEnvironment,
    message:
      'reads process.env; take the setting as a value, src/config.ts (of the command line, src/cli/environment.ts) reads the environment',
  },
  {
    appliesTo: (file) => file.startsWith('src/') && file !== 'src/persistence/data-source.ts',
    isBrokenBy: (node) => {
      const loaded = loadedBy(node)
      return loaded?.module === 'typeorm' && loaded.names.some((name) => name === 'DataSource' || name === '*')
    },
    message: "takes TypeORM's DataSource as a value; src/persistence/data-source.ts opens the databases",
  },
  {
    appliesTo: (file) => /^src\/(?!persistence\/)/.test(file) && !file.endsWith('.store.ts'),
    isBrokenBy: runsQuery,
    message: 'runs a query; a *.store.ts file of the feature holds its queries',
  },
  {
    appliesTo: (file) => !/^src\/(?:console\/)?generated\//.test(file),
    isBrokenBy: (node) => node.type === 'TsImportType',
    message: "names a type by import('...'), which hides the import; use `import type { ... }`",
  },
  {
    appliesTo: (file) => file.startsWith('src/console/'),
    isBrokenBy: (node, file) => {
      const module = isNode(node.source) ? textOf(node.source) : loadedBy(node)?.module
      if (typeof module !== 'string' || module === 'undefined') return false
      return module.startsWith('.') ? !FOR_THE_CONSOLE.test(join(dirname(file), module)) : module.startsWith('node:')
    },
    message:
      'runs in a browser: it may import src/console, src/client, src/audit-chain, and grants.ts and duration.ts of src/kernel',
  },
]

const files = ['src', 'migrations'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => `${folder}/${name}`),
)

const complaints = files.flatMap((file) => {
  const nodes = [...nodesOf(parseFileSync(file, { syntax: 'typescript', tsx: file.endsWith('x'), target: 'es2022' }))]
  return rules
    .filter((rule) => rule.appliesTo(file) && nodes.some((node) => rule.isBrokenBy(node, file)))
    .map((rule) => `${file} ${rule.message}`)
})

for (const complaint of complaints) console.error(complaint)
if (complaints.length > 0) process.exitCode = 1
else console.log(`source rules hold in ${files.length} files`)
