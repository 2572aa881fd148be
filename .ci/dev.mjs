// `npm run dev`: the server, restarted on changes, and beside it the console with hot reload. Either of them ends both.

import { spawn } from 'node:child_process'

const children = [
  ['node_modules/.bin/tsx', ['watch', '--clear-screen=false', 'src/main.ts']],
  ['node_modules/.bin/vite', ['--clearScreen', 'false']],
].map(([command, options]) => spawn(command, options, { stdio: ['ignore', 'inherit', 'inherit'] }))

const stop = () => {
  for (const child of children) child.kill('SIGTERM')
}

for (const child of children)
  child.once('exit', (code) => {
    process.exitCode ??= code ?? 1
    stop()
  })
process.on('SIGINT', stop)
process.on('SIGTERM', stop)
