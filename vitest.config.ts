import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { join } from 'node:path'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// Where a test goes:
//
//   *.test.ts       runs in `npm test`: pure tests and the stories of each feature, on SQLite. It needs no service, starts
//                   no process, and takes less than a second or two.
//   *.slow.test.ts  runs in `npm run test:all` alone: it starts processes, floods, fuzzes, measures, or needs PostgreSQL,
//                   Redis or a browser as a whole.
//
// A story whose SQL or transactions can differ by engine is a `describe.each(ENGINES)`: `npm test` runs it on SQLite, and
// `npm run test:all` on PostgreSQL too. What is decided before the database (ids, requests, messages, protocols) or in
// memory has no ENGINES. `describe.each(ON_POSTGRES)` is for what only PostgreSQL has.
//
// Files share processes and their modules: to import the service costs a core two to three seconds, once a process instead of
// once a file. Close what you open. Spies, stubs and fake timers are restored after each file. The files of ALONE have a process
// of their own.

const { resolve } = createRequire(import.meta.url)

const TESTS = 'test/**/*.test.ts'
const SLOW = 'test/**/*.slow.test.ts'

/** Slow files that compare durations, read the memory or the event loop of their process, or replace what belongs to it. */
const ALONE = [
  'test/**/*timing.slow.test.ts',
  'test/**/{*crash,fuzz*}.slow.test.ts',
  'test/{app,faults,tracing}/**/*.slow.test.ts',
  'test/attacks/{page-readers,sockets-that-do-not-read,verification-cost}.slow.test.ts',
  'test/live/{audit-feed-followers,frozen-redis,slow-reader,subscription-fan-out}.slow.test.ts',
]

/** Files that take longest. They run first, so that none is left to run alone at the end. */
const LONGEST = [
  'test/faults/several-instances.slow.test.ts',
  'test/notifications/notification-crash.slow.test.ts',
  'test/graphql-server/fuzz-graphql.slow.test.ts',
  'test/http/fuzz.slow.test.ts',
  'test/live/slow-reader.slow.test.ts',
  'test/roles/matrix.slow.test.ts',
  'test/cli/docs.slow.test.ts',
  'test/console/organization.slow.test.ts',
  'test/console/copy-as.slow.test.ts',
  'test/cli/keys.slow.test.ts',
  'test/cli/audit-export.slow.test.ts',
  'test/console/create-key.slow.test.ts',
  'test/cli/operator.slow.test.ts',
  'test/client/package.slow.test.ts',
]

/** Files of a project follow each other, because only then can they share a process. */
const PROJECTS = ['slow-alone', 'slow', 'postgres', 'fast']

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const index = LONGEST.findIndex((file) => moduleId.endsWith(file))
      return index === -1 ? LONGEST.length : index
    }
    const place = ({ project }: TestSpecification): number => PROJECTS.indexOf(project.name)
    return (await super.sort(files)).sort((a, b) => place(a) - place(b) || rank(a) - rank(b))
  }
}

const answers = (port: number): Promise<boolean> =>
  new Promise((settle) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 15_000 })
    for (const event of ['connect', 'error', 'timeout'] as const)
      socket.once(event, () => {
        socket.destroy()
        settle(event === 'connect')
      })
  })

/** The files of `npm test` that have something to run on PostgreSQL. */
const filesOnEngines = (): string[] =>
  readdirSync('test', { recursive: true, encoding: 'utf8' })
    .map((name) => join('test', name))
    .filter((file) => file.endsWith('.test.ts') && !file.endsWith('.slow.test.ts'))
    .filter((file) => /\b(?:ENGINES|ON_POSTGRES|postgresRuns|redisRuns)\b/.test(readFileSync(file, 'utf8')))

/** None where PostgreSQL does not answer; in CI they run all the same, and fail. */
const filesOnPostgres = async (): Promise<string[]> => {
  if (process.env.CI === 'true' || (await answers(5432))) return filesOnEngines()
  console.warn('\n!!! PostgreSQL does not answer at 127.0.0.1:5432: the tests that need it are SKIPPED.\n')
  return []
}

const project = (name: string, test: TestProjectInlineConfiguration['test']): TestProjectInlineConfiguration => ({
  extends: true,
  test: { name, ...test },
})

/** Long enough for a machine that has much else to do: a test that hangs fails late, and no other one fails for its time. */
const WITHOUT_HURRY = { testTimeout: 120_000, hookTimeout: 180_000 }

/**
 * What waits for PostgreSQL, browsers and processes much of its time: three files at once, and after the files of ALONE, whose
 * guarantees more files at once would make flaky.
 */
const MOSTLY_WAITS = { ...WITHOUT_HURRY, maxWorkers: 3, sequence: { groupOrder: 1 } }

export default defineConfig({
  // One graphql for all: the packages that Node loads require its CommonJS build, so ours must not import the other.
  resolve: { alias: [{ find: /^graphql$/, replacement: resolve('graphql') }] },
  test: {
    environment: 'node',
    pool: 'forks',
    setupFiles: ['test/support/restore-globals.ts'],
    // Files also start servers and databases of their own; more at once makes timing guarantees flaky, not faster.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // The machine may have much else to do; see test/support/patience.ts.
    expect: { poll: { timeout: 15_000 } },
    sequence: { sequencer: LongestFirst },
    projects: [
      project('fast', {
        include: [TESTS],
        exclude: [SLOW],
        // To import the service costs a second or two of a core: once a process, not once a file.
        isolate: false,
        sequence: { groupOrder: 2 },
        env: { KEYTURN_TEST_ENGINES: 'sqlite' },
      }),
      project('postgres', {
        ...MOSTLY_WAITS,
        include: await filesOnPostgres(),
        isolate: false,
        globalSetup: ['test/support/database-templates.ts'],
        env: { KEYTURN_TEST_ENGINES: 'postgres' },
      }),
      project('slow', {
        ...MOSTLY_WAITS,
        include: [SLOW],
        exclude: ALONE,
        isolate: false,
        globalSetup: ['test/support/server-build.ts', 'test/support/database-templates.ts'],
        env: { KEYTURN_TEST_ENGINES: 'sqlite,postgres' },
      }),
      project('slow-alone', {
        ...WITHOUT_HURRY,
        include: ALONE,
        globalSetup: ['test/support/server-build.ts'],
        env: { KEYTURN_TEST_ENGINES: 'sqlite,postgres' },
      }),
    ],
  },
})
