import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { endWithUs } from '../support/end-with-us.ts'
import { compiled } from '../support/server-process.ts'

/** How a program ended, and what it printed. */
export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** A program that runs. */
export interface Running {
  readonly child: ChildProcess
  out(): string
  err(): string
  readonly ended: Promise<Ended>
}

type Environment = Readonly<Record<string, string>>

/** The command line of one user, with a home directory of its own. */
export class CommandLine {
  readonly home = mkdtempSync(join(tmpdir(), 'keyturn-cli-'))
  readonly configFile = join(this.home, 'config', 'keyturn', 'config.json')

  /** The whole environment of its programs, besides what a test adds. */
  environment(more: Environment = {}): Record<string, string> {
    const { PATH = '' } = process.env
    return {
      PATH,
      HOME: this.home,
      XDG_CONFIG_HOME: join(this.home, 'config'),
      TZ: 'UTC',
      TERM: 'xterm-256color',
      ...more,
    }
  }

  /** Program and arguments of a command. */
  command(words: readonly string[]): [string, ...string[]] {
    return [process.execPath, ...compiled('cli/keyturn'), ...words]
  }

  start(words: readonly string[], more: Environment = {}): Running {
    const [program, ...rest] = this.command(words)
    return this.spawn(program, rest, more)
  }

  /** Runs another program as the same user. */
  spawn(program: string, words: readonly string[], more: Environment = {}): Running {
    const child = spawn(program, words, { cwd: this.home, env: this.environment(more), stdio: 'pipe' })
    endWithUs(child)
    const said = { out: '', err: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.out += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.err += text
    })
    const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...said }))
    return { child, out: () => said.out, err: () => said.err, ended }
  }

  /** Runs a command to its end; the input is all that it can read. */
  run(words: readonly string[], { input = '', env = {} }: { input?: string; env?: Environment } = {}): Promise<Ended> {
    const { child, ended } = this.start(words, env)
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(input)
    return ended
  }

  /** The JSON value of a command that must succeed in silence. */
  async json<T>(words: readonly string[], options: { input?: string; env?: Environment } = {}): Promise<T> {
    const { code, out, err } = await this.run([...words, '--json'], options)
    if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${err}`)
    return JSON.parse(out) as T
  }

  async logIn(url: string, secret: string, ...words: string[]): Promise<void> {
    const { code, err } = await this.run(['login', '--server', url, '--key', '-', ...words], { input: secret })
    if (code !== 0) throw new Error(`The login ended with ${code}: ${err}`)
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true })
  }
}

/** A user for the tests of a `describe`. */
export const useCommandLine = (): CommandLine => {
  const user = new CommandLine()
  afterAll(() => user.remove())
  return user
}
