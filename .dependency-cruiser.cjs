// Who may import whom. `kernel` is at the bottom; an import, also of a type, goes only downwards:
//
//   kernel <- audit-chain <- access, persistence <- audit <- live <- organizations <- policies, memberships <- keys
//          <- expiry, tokens, sessions, onboarding (on sessions)
//          <- notifications (on expiry), retention (on tokens and notifications) <- http <- graphql-server, appcircle, leaks | cli <- app.ts <- main.ts
//
// src/schema-kit stands on audit and below all features that have types and fields. Their *.graphql.ts files build on it;
// nothing else of a feature does.
//
// TypeScript 7 has no compiler API, so swc parses the sources. It does not tell `import type` from `import`: what
// depends on that difference is checked by .ci/source-rules.ts.

const FOUNDATION = [
  'kernel',
  'audit-chain',
  'access',
  'persistence',
  'audit',
  'live',
  'organizations',
  'policies',
  'memberships',
  'keys',
]
const INNER = [
  ...FOUNDATION,
  'expiry',
  'tokens',
  'onboarding',
  'backup',
  'tracing',
  'notifications',
  'sessions',
  'retention',
]

const below = (folder) => FOUNDATION.slice(0, FOUNDATION.indexOf(folder))

/** What each folder may import besides itself. */
const MAY_IMPORT = {
  kernel: [],
  // Pure: the service, the command line and browsers verify an audit log by the same rules.
  'audit-chain': [],
  access: ['kernel'],
  persistence: ['kernel'],
  audit: below('audit'),
  live: below('live'),
  organizations: below('organizations'),
  policies: below('policies'),
  memberships: below('policies'),
  keys: below('keys'),
  expiry: FOUNDATION,
  tokens: FOUNDATION,
  sessions: FOUNDATION,
  onboarding: [...FOUNDATION, 'sessions'],
  tracing: ['kernel'],
  backup: ['kernel', 'persistence', 'audit'],
  notifications: [...FOUNDATION, 'expiry'],
  retention: [...FOUNDATION, 'tokens', 'notifications'],
  'schema-kit': ['kernel', 'audit-chain', 'access', 'persistence', 'audit'],
  http: INNER,
  'graphql-server': [...INNER, 'schema-kit', 'http'],
  appcircle: [...INNER, 'http'],
  leaks: [...FOUNDATION, 'tokens', 'sessions', 'http'],
  cli: [...INNER, 'generated', 'client'],
  generated: [],
  // What the package exports to programs of others. They import nothing of the server.
  client: ['generated'],
  verify: ['client', 'generated'],
  // The web console: a client of the schema, in a browser. Of the kernel it takes what is pure, and the rules of the hash chain.
  console: ['client', 'kernel', 'audit-chain'],
}

// The outer layers are told their settings; a feature takes them as plain values and never learns of the environment.
const READS_CONFIG = ['graphql-server', 'http', 'cli']

// What starts a whole app, or a part of it: main.ts and other programs directly in src/, the demo, operator commands.
const STARTS_APP = '^src/([^/]+|cli/(demo/demo|serve|operator|commands/operate))\\.ts$'

/** What the exports of the package may import. */
const EXPORTED_PACKAGES = ['graphql', 'graphql-ws', 'jose', 'ws', '@graphql-typed-document-node/core']
/** Adapters take types from the frameworks that they are for. */
const ADAPTERS = '^src/verify/(express|fastify|hono)\\.ts$'

const OURS = '^(src|migrations|schema|test|bench|docs|\\.ci)/'
const GRAPHQL_FILE = '\\.graphql\\.ts$'
const SCHEMA_FILE = '^src/graphql-server/schema\\.ts$'
// Takes types alone from a package that holds nothing else, so there is no file to resolve to.
const GENERATED = '^src/(console/)?generated/'

/** Vite bundles the console when it is built; nothing of it is loaded in production. */
const BUNDLED = '^src/console/'
/** Parts of the kernel that import nothing of Node.js. */
const KERNEL_OF_CONSOLE = '^src/kernel/(grants|duration)\\.ts$'

const foldersOf = (names) => `^src/(${names.join('|')})/`

const arrows = Object.entries(MAY_IMPORT).map(([folder, below]) => {
  const allowed = [foldersOf([folder, ...below])]
  if (READS_CONFIG.includes(folder)) allowed.push('^src/config\\.ts$')
  if (folder === 'persistence') allowed.push('^migrations/')
  return {
    name: `${folder}-imports-only-what-is-below`,
    comment: `src/${folder} may import ${below.length > 0 ? below.join(', ') : 'nothing of ours'}.`,
    severity: 'error',
    from: { path: foldersOf([folder]), pathNot: INNER.includes(folder) ? GRAPHQL_FILE : STARTS_APP },
    to: { path: OURS, pathNot: allowed },
  }
})

// The types and fields of a feature stand beside it, above src/schema-kit.
const graphqlArrows = INNER.map((feature) => ({
  name: `${feature}-graphql-imports-only-what-is-below`,
  comment: 'A *.graphql.ts file may import what its folder may, and what src/schema-kit offers to all.',
  severity: 'error',
  from: { path: `^src/${feature}/.*${GRAPHQL_FILE}` },
  to: { path: OURS, pathNot: [foldersOf([feature, ...MAY_IMPORT[feature]]), '^src/schema-kit/'] },
}))

module.exports = {
  forbidden: [
    ...arrows,
    ...graphqlArrows,
    {
      name: 'every-folder-has-its-arrows',
      comment: 'A new folder of src/ needs an entry in MAY_IMPORT, else nothing would be enforced in it.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: foldersOf(Object.keys(MAY_IMPORT)) },
      to: {},
    },
    {
      name: 'only-the-schema-imports-graphql-files',
      comment:
        'Types and fields are registered in one place, src/graphql-server/schema.ts; or they extend a lower feature.',
      severity: 'error',
      from: { pathNot: [GRAPHQL_FILE, SCHEMA_FILE] },
      to: { path: GRAPHQL_FILE },
    },
    {
      name: 'config-stands-alone',
      comment: 'config.ts turns the environment into values; it starts nothing and knows no transport.',
      severity: 'error',
      from: { path: '^src/config(-variables)?\\.ts$' },
      to: { path: OURS, pathNot: [foldersOf(INNER), '^migrations/', '^src/config-variables\\.ts$'] },
    },
    {
      name: 'only-programs-import-the-app',
      comment: 'app.ts is the composition root: it hands everybody what they need, and nobody reaches up for it.',
      severity: 'error',
      from: { path: '^src/', pathNot: STARTS_APP },
      to: { path: '^src/(app|main)\\.ts$' },
    },
    {
      name: 'sources-import-no-tests',
      severity: 'error',
      from: { path: '^(src|migrations)/' },
      to: { path: '^(test|bench|docs|\\.ci)/' },
    },
    {
      name: 'migrations-are-frozen',
      comment: 'A migration that imports live code changes its meaning when that code does.',
      severity: 'error',
      from: { path: '^migrations/' },
      to: { path: '^src/' },
    },
    {
      name: 'typeorm-stays-behind-the-stores',
      comment: 'Only src/persistence, entities, stores and migrations know the ORM.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/persistence/', '\\.(entity|store)\\.ts$'] },
      to: { path: '(^|/)node_modules/typeorm/' },
    },
    ...[
      { name: 'exports', from: { path: '^src/(client|verify|generated)/', pathNot: ADAPTERS }, may: EXPORTED_PACKAGES },
      { name: 'audit-chain', from: { path: '^src/audit-chain/' }, may: ['jose', 'zod'] },
      { name: 'adapters', from: { path: ADAPTERS }, may: [...EXPORTED_PACKAGES, 'fastify', 'hono'], core: '^http$' },
    ].map(({ name, from, may, core = '^$' }) => ({
      name: `${name}-stand-without-the-server`,
      comment:
        'keyturn/client, keyturn/verify and src/audit-chain run in browsers too: a few small packages, nothing of Node.js.',
      severity: 'error',
      from,
      to: {
        path: '(^|/)node_modules/|^[a-z:_]+$',
        pathNot: [`(^|/)node_modules/(${may.join('|')})/`, core],
        dependencyTypesNot: ['local', 'type-only'],
      },
    })),
    {
      name: 'the-console-takes-the-pure-kernel',
      comment: 'The console runs in a browser.',
      severity: 'error',
      from: { path: BUNDLED },
      to: { path: '^src/kernel/|^[a-z:_]+$', pathNot: KERNEL_OF_CONSOLE, dependencyTypesNot: ['npm', 'npm-dev'] },
    },
    {
      name: 'no-cycles',
      comment: 'Also not through types alone: two files that need each other are one, or want a third below them.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-development-dependencies-in-production',
      comment: 'They are not there after `npm ci --omit=dev`.',
      severity: 'error',
      // An adapter takes types from its framework, which whoever uses the adapter has.
      from: { pathNot: [GENERATED, ADAPTERS, BUNDLED] },
      to: { dependencyTypes: ['npm-dev'] },
    },
    {
      name: 'only-declared-packages',
      comment: 'What another package happens to bring along may be gone with its next version.',
      severity: 'error',
      from: { pathNot: [GENERATED, ADAPTERS] },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'everything-resolves',
      comment: 'An import that does not resolve would escape every rule above.',
      severity: 'error',
      from: { pathNot: GENERATED },
      // It holds types alone.
      to: { couldNotResolve: true, pathNot: '^@graphql-typed-document-node/core$' },
    },
  ],
  options: {
    parser: 'swc',
    // Without this the arrows would not see `import type`.
    tsPreCompilationDeps: true,
    // Its parser cannot read JSX: .ci/source-rules.ts checks what such files import.
    exclude: { path: '\\.tsx$' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['node', 'import', 'default'],
      // Our own imports carry their .ts; the others serve packages without an `exports` field.
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
}
