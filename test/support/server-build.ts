import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the compiled service. */
    readonly serverBuild: string
  }
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BUILDS = join(ROOT, 'dist-test')
const DAY_MS = 86_400_000

const sources = (): string[] => [
  'tsconfig.json',
  'tsconfig.build.json',
  'vite.config.ts',
  'vite.server.config.ts',
  ...['src', 'migrations'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:tsx?|css|html|svg)$/.test(name))
      .map((name) => join(folder, name))
      .sort(),
  ),
]

const fingerprint = (): string => {
  const hash = createHash('sha256')
  for (const file of sources()) hash.update(`${file}\0`).update(readFileSync(join(ROOT, file)))
  return hash.digest('hex').slice(0, 16)
}

/** Compiles the service, its console and the bundle that `npm start` runs into a folder. `npm run check` and `npm run build` check the types. */
const compile = (folder: string): void => {
  const run = (program: string, args: string[]) =>
    execFileSync(join(ROOT, 'node_modules/.bin', program), args, { cwd: ROOT, stdio: 'inherit' })
  run('tsc', ['-p', 'tsconfig.build.json', '--noCheck', '--outDir', folder])
  run('vite', ['build', '--logLevel', 'warn', '--outDir', join(folder, 'console')])
  run('vite', ['build', '--config', 'vite.server.config.ts', '--outDir', join(folder, 'src/bundle')])
}

/** Deletes builds that no run of the last day used. Another run may use any of the others now. */
const deleteUnused = (): void => {
  for (const name of readdirSync(BUILDS)) {
    const build = join(BUILDS, name)
    const { mtimeMs } = statSync(build, { throwIfNoEntry: false }) ?? {}
    if (mtimeMs !== undefined && Date.now() - mtimeMs > DAY_MS) rmSync(build, { recursive: true, force: true })
  }
}

/**
 * Global setup: compiles the service and its console for the tests that run it as a process, unless the same sources are
 * compiled already. The compiled service starts in half the CPU time that a TypeScript loader takes.
 */
export default (project: TestProject): void => {
  const target = join(BUILDS, fingerprint())
  if (!existsSync(target)) {
    const unfinished = `${target}.${process.pid}`
    compile(unfinished)
    try {
      renameSync(unfinished, target)
    } catch (error) {
      // Another run compiled the same sources meanwhile.
      if (!existsSync(target)) throw error
      rmSync(unfinished, { recursive: true })
    }
  }
  const now = new Date()
  utimesSync(target, now, now)
  deleteUnused()
  project.provide('serverBuild', target)
}
