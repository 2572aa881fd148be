import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
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

const sources = (): string[] => [
  'tsconfig.json',
  'tsconfig.build.json',
  'vite.config.ts',
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

/**
 * Global setup: compiles the service and its console for the tests that run it as a process, unless the same sources are compiled already.
 * The compiled service starts in half the CPU time that a TypeScript loader takes.
 */
export default (project: TestProject): void => {
  const target = join(BUILDS, fingerprint())
  if (!existsSync(target)) {
    rmSync(BUILDS, { recursive: true, force: true })
    const unfinished = `${target}.${process.pid}`
    // `npm run check` and `npm run build` check the types.
    const options = ['-p', 'tsconfig.build.json', '--noCheck', '--outDir', unfinished]
    execFileSync(join(ROOT, 'node_modules/.bin/tsc'), options, { cwd: ROOT, stdio: 'inherit' })
    const console = ['build', '--logLevel', 'warn', '--outDir', join(unfinished, 'console')]
    execFileSync(join(ROOT, 'node_modules/.bin/vite'), console, { cwd: ROOT, stdio: 'inherit' })
    renameSync(unfinished, target)
  }
  project.provide('serverBuild', target)
}
