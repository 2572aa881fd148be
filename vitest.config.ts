import { createRequire } from 'node:module'
import { defineConfig } from 'vitest/config'

const { resolve } = createRequire(import.meta.url)

export default defineConfig({
  // One graphql for all: the packages that Node loads require its CommonJS build, so ours must not import the other.
  resolve: { alias: [{ find: /^graphql$/, replacement: resolve('graphql') }] },
  test: {
    environment: 'node',
    include: ['test/**/*.test.ts'],
    // A process per file: native SQLite handles, signal handlers and prom-client's registry stay where they belong.
    pool: 'forks',
    // Files also start servers and databases of their own; more at once makes timing guarantees flaky, not faster.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
