import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const CONSOLE = join(import.meta.dirname, '../../../src/console')

const sources = readdirSync(CONSOLE, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.tsx'))
  .map((name) => readFileSync(join(CONSOLE, name), 'utf8'))

const found = (pattern: RegExp): Set<string> =>
  new Set(sources.flatMap((text) => [...text.matchAll(pattern)].map(([, name = '']) => name)))

/** The mutations that the console sends, by the names of their documents. */
export const mutationsSent = (): Set<string> => found(/useAction\(\s*(\w+)Document/g)

/** The operations that "Copy as" gives. */
export const operationsCopied = (): Set<string> => found(/<CopyAs\s+document=\{(\w+)Document\}/g)
