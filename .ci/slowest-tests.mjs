// Prints the slowest tests and files of runs of vitest, from the reports that its JSON reporter wrote:
//
//   npm test -- --reporter=default --reporter=json --outputFile.json=report.json
//   npm run test:slowest report.json

import { readFileSync } from 'node:fs'
import { relative } from 'node:path'

const SHOWN = 20

const reports = process.argv.slice(2)
if (reports.length === 0) {
  console.error('Usage: npm run test:slowest REPORT.json ...')
  process.exit(2)
}

const files = reports.flatMap((path) => JSON.parse(readFileSync(path, 'utf8')).testResults)

const print = (title, rows) => {
  console.log(title)
  for (const { ms, name } of rows.sort((a, b) => b.ms - a.ms).slice(0, SHOWN))
    console.log(`${(ms / 1000).toFixed(1).padStart(7)} s  ${name}`)
}

print(
  `The slowest ${SHOWN} tests:`,
  files.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, duration }) => ({
      ms: duration ?? 0,
      name: `${relative(process.cwd(), name)}: ${fullName}`,
    })),
  ),
)
print(
  `The slowest ${SHOWN} files:`,
  files.map(({ name, startTime, endTime }) => ({ ms: endTime - startTime, name: relative(process.cwd(), name) })),
)
