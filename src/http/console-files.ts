import { readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Representation, representation } from './representations.ts'

/** A file of the console in all its encodings, the smallest first. */
export interface ConsoleFile {
  readonly contentType: string
  readonly representations: readonly Representation[]
}

/** The built console: its page, and its other files by their path below `/console/`. */
export interface ConsoleFiles {
  readonly page: ConsoleFile
  readonly assets: ReadonlyMap<string, ConsoleFile>
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/** All files stay in memory. A build has about 2 MB; one that exceeds this is not ours. */
const LARGEST_TOTAL_BYTES = 32 * 1024 * 1024

/** Where `npm run build` writes the console: beside the compiled server, or in dist/ for a server that runs from its sources. */
export const builtConsole = (): string =>
  fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../../dist/console' : '../../console', import.meta.url))

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false

/** Reads the built console into memory, so that no request names a file. Null if there is none. */
export const readConsole = (directory: string): ConsoleFiles | null => {
  if (!isFile(join(directory, 'index.html'))) return null
  let total = 0
  const read = (path: string): Buffer => {
    const content = readFileSync(path)
    total += content.length
    if (total > LARGEST_TOTAL_BYTES) throw new Error(`The files in ${directory} exceed ${LARGEST_TOTAL_BYTES} bytes.`)
    return content
  }
  const fileAt = (path: string, contentType: string): ConsoleFile => {
    const encoded = (['br', 'gzip'] as const)
      .map((encoding) => ({ encoding, path: `${path}.${encoding === 'gzip' ? 'gz' : encoding}` }))
      .filter((one) => isFile(one.path))
      .map((one) => representation(one.encoding, read(one.path)))
    return { contentType, representations: [...encoded, representation(null, read(path))] }
  }
  const assets = new Map<string, ConsoleFile>()
  for (const entry of readdirSync(join(directory, 'assets'), { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name)
    const contentType = CONTENT_TYPES[extname(entry.name)]
    if (entry.isFile() && contentType !== undefined)
      assets.set(relative(directory, path).replaceAll('\\', '/'), fileAt(path, contentType))
  }
  return { page: fileAt(join(directory, 'index.html'), 'text/html; charset=utf-8'), assets }
}
