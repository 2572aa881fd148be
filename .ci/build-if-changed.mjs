// Builds the service unless dist/ was built from these very sources. What decides is their content: the times of files say
// nothing after a checkout or a copy. Where there are no sources, as in an image that holds dist/ alone, there is nothing to build.
// With --where-possible, as after an installation, a missing compiler is no fault: `npm ci --omit=dev` has none.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SOURCES = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'tsconfig.package.json',
  'vite.config.ts',
  '.ci/precompress.ts',
  'src',
  'migrations',
]
const STAMP = join(ROOT, 'dist', '.built-from')

/** Every file at or below a path, in an order that is always the same. */
const filesAt = (path) => {
  const full = join(ROOT, path)
  if (!existsSync(full)) return []
  const entries = readdirSync(full, { withFileTypes: true, recursive: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

const digest = () => {
  const hash = createHash('sha256')
  for (const source of SOURCES) {
    const files = source.includes('.') ? [join(ROOT, source)].filter(existsSync) : filesAt(source)
    for (const file of files) {
      const content = readFileSync(file)
      hash.update(`${file.slice(ROOT.length)}\n${content.length}\n`).update(content)
    }
  }
  return hash.digest('hex')
}

const isOptional = process.argv.includes('--where-possible')
const hasCompiler = existsSync(join(ROOT, 'node_modules', '.bin', 'tsc'))

if (existsSync(join(ROOT, 'tsconfig.build.json')) && (hasCompiler || !isOptional)) {
  const sources = digest()
  if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== sources) {
    const { status } = spawnSync('npm', ['run', 'build'], { cwd: ROOT, stdio: 'inherit' })
    if (status !== 0) process.exit(status ?? 1)
    writeFileSync(STAMP, sources)
  }
}
