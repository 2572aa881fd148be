import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { inject } from 'vitest'
import { endWithUs } from '../support/end-with-us.ts'

const ROOT = new URL('../..', import.meta.url).pathname

/** A snippet of a page: the heading that it stands under, and its TypeScript. */
export interface Snippet {
  readonly heading: string
  readonly code: string
}

/** Every TypeScript fence of a page of docs/. */
export const snippetsOf = (page: string): Snippet[] => {
  const text = readFileSync(join(ROOT, 'docs', page), 'utf8')
  const found: Snippet[] = []
  let heading = ''
  for (const [, title, code] of text.matchAll(/^#+ (.+)$|^```ts\n([\s\S]*?)^```$/gm)) {
    if (title !== undefined) heading = title
    if (code !== undefined) found.push({ heading, code })
  }
  return found
}

/** A folder in which programs find the compiled package as `keyturn`, and its dependencies. */
export const openWorkshop = (): { readonly directory: string; remove(): void } => {
  const build = inject('serverBuild')
  const directory = mkdtempSync(join(ROOT, 'dist-test', 'workshop-'))
  const installed = join(directory, 'node_modules', 'keyturn')
  mkdirSync(installed, { recursive: true })
  cpSync(join(ROOT, 'package.json'), join(installed, 'package.json'))
  symlinkSync(build, join(installed, 'dist'))
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}')
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) }
}

export interface Program {
  readonly exited: Promise<number | null>
  output(): string
  /** Resolves when the output matches. */
  prints(pattern: RegExp): Promise<void>
  stop(): Promise<void>
}

const PATIENCE_MS = 60_000

/** Runs a command and collects what it prints. */
export const run = (
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Record<string, string> },
): Program => {
  const { PATH = '', HOME = '', TMPDIR = '' } = process.env
  const child: ChildProcess = spawn(command, args, {
    cwd: options.cwd,
    env: { PATH, HOME, TMPDIR, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  endWithUs(child)
  const chunks: Buffer[] = []
  const output = () => Buffer.concat(chunks).toString()
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk))
  const exited = once(child, 'close').then(([code]) => code as number | null)
  return {
    exited,
    output,
    prints: (pattern) =>
      new Promise((resolve, reject) => {
        const fail = (why: string) => reject(new Error(`${why} before it printed ${pattern}:\n${output()}`))
        const timer = setTimeout(() => fail('Time passed'), PATIENCE_MS)
        const look = () => {
          if (!pattern.test(output())) return
          clearTimeout(timer)
          resolve()
        }
        child.stdout?.on('data', look)
        child.stderr?.on('data', look)
        exited.then((code) => {
          look()
          clearTimeout(timer)
          fail(`It ended with ${code}`)
        })
        look()
      }),
    stop: async () => {
      child.kill('SIGTERM')
      await exited
    },
  }
}

/** Runs a snippet against a server, in place of `keys.example.com`. */
export const runSnippet = (
  directory: string,
  { code }: Snippet,
  server: { readonly url: string },
  env: Record<string, string>,
): Program => {
  const file = join(directory, `${crypto.randomUUID()}.ts`)
  const text = code
    .replaceAll('https://keys.example.com', server.url)
    .replaceAll('wss://keys.example.com', server.url.replace('http', 'ws'))
  writeFileSync(file, text)
  return run(process.execPath, ['--import', import.meta.resolve('tsx'), file], { cwd: directory, env })
}

/** A port that nothing listens on, for what must keep its address. */
export const freePort = (): Promise<string> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? String(address.port) : '0'))
    })
  })
