// Writes the schema as clients see it to schema/schema.graphql, sorted, so that a diff shows what changed for them.
// With --check it writes nothing and fails where the file is not what would be written.

import { readFileSync, writeFileSync } from 'node:fs'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { schema } from '../src/graphql-server/schema.ts'

const FILE = 'schema/schema.graphql'
const HEADER = '# Printed from src/graphql-server/schema.ts by `npm run schema:print`; not to be edited by hand.'

const readOrEmpty = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}

const printed = `${HEADER}\n\n${printSchema(lexicographicSortSchema(schema))}\n`

if (!process.argv.includes('--check')) {
  writeFileSync(FILE, printed)
} else {
  const expected = printed.split('\n')
  const found = readOrEmpty(FILE).split('\n')
  const at = expected.findIndex((line, index) => line !== found[index])
  if (at >= 0 || found.length !== expected.length) {
    const line = at >= 0 ? at : expected.length
    console.error(
      `${FILE} is not the schema that src/graphql-server/schema.ts builds. Run \`npm run codegen\` and commit the result.\n` +
        `First difference, line ${line + 1}:\n` +
        `  built: ${expected[line] ?? '(end)'}\n` +
        `  file:  ${found[line] ?? '(end)'}`,
    )
    process.exitCode = 1
  }
}
