// Builds the service unless dist/ was built from these very sources. What decides is their content: the times of files say
// nothing after a checkout or a copy. Only files that nobody touched since their content was compared are not read again.
// Where there are no sources, as in an image that holds dist/ alone, there is nothing to build.
// With --where-possible, as after an installation, a missing compiler is no fault: `npm ci --omit=dev` has none.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
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
  'vite.server.config.ts',
  '.ci/precompress.ts',
  'src',
  'migrations',
]
const STAMP = join(ROOT, 'dist', '.built-from')
const TOUCHES = join(ROOT, 'dist', '.touches')
const SETTLED_MS = 2_000

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

const sourceFiles = () =>
  SOURCES.flatMap((source) => (source.includes('.') ? [join(ROOT, source)].filter(existsSync) : filesAt(source)))

const digest = (files) => {
  const hash = createHash('sha256')
  for (const file of files) {
    const content = readFileSync(file)
    hash.update(`${file.slice(ROOT.length)}\n${content.length}\n`).update(content)
  }
  return hash.digest('hex')
}

/**
 * What the file system knows of the files. The time of the last change of an inode cannot be set, so an edit changes it.
 * Null while a file is so new that another edit could get the same time.
 */
const touchesOf = (files) => {
  const hash = createHash('sha256')
  const settled = BigInt(Date.now() - SETTLED_MS) * 1_000_000n
  let isSettled = true
  for (const file of files) {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true })
    if (mtimeNs > settled || ctimeNs > settled) isSettled = false
    hash.update(`${file}\n${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}\n`)
  }
  return isSettled ? hash.digest('hex') : null
}

const readOr = (path, otherwise) => (existsSync(path) ? readFileSync(path, 'utf8') : otherwise)

const build = () => {
  const { status } = spawnSync('npm', ['run', 'build'], { cwd: ROOT, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

/** Without effect where dist/ cannot be written: the next start compares the content again. */
const remember = (touches) => {
  try {
    writeFileSync(TOUCHES, touches)
  } catch (error) {
    if (!['EACCES', 'EROFS', 'EPERM'].includes(error.code)) throw error
  }
}

const isOptional = process.argv.includes('--where-possible')
const hasCompiler = existsSync(join(ROOT, 'node_modules', '.bin', 'tsc'))

if (existsSync(join(ROOT, 'tsconfig.build.json')) && (hasCompiler || !isOptional)) {
  const files = sourceFiles()
  // Before their content is read: an edit meanwhile is then found by the next start.
  const touches = touchesOf(files)
  if (touches === null || !existsSync(STAMP) || readOr(TOUCHES, '') !== touches) {
    const sources = digest(files)
    if (readOr(STAMP, '') !== sources) {
      build()
      writeFileSync(STAMP, sources)
    }
    if (touches !== null) remember(touches)
  }
}
