import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { commandsOf } from '../../src/cli/completion/commands.ts'
import { createProgram } from '../../src/cli/program.ts'
import { ListExpiryWarningsDocument, ViewerDocument } from '../../src/generated/graphql.ts'
import { useApp } from '../support/boot.ts'
import { createDatabase, type TestDatabase } from '../support/engines.ts'
import { useCommandLine } from './command-line.ts'

const DOCS = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')

interface Snippet {
  readonly marks: string
  readonly code: string
}

const SNIPPETS: Snippet[] = [...DOCS.matchAll(/^```sh(.*)\n([\s\S]*?)^```$/gm)].map(([, marks = '', code = '']) => ({
  marks,
  code,
}))
const snippetsWith = (accepts: (marks: string) => boolean): Snippet[] => SNIPPETS.filter(({ marks }) => accepts(marks))

const PATIENCE = { timeout: 60_000, interval: 100 }

describe('docs/cli.md', () => {
  const app = useApp()
  const user = useCommandLine()
  let operated: TestDatabase
  beforeAll(async () => {
    operated = await createDatabase('sqlite')
    const [program, ...rest] = user.command([])
    const shim = `#!/bin/sh\nexec ${[program, ...rest].map((word) => `'${word}'`).join(' ')} "$@"\n`
    writeFileSync(join(user.home, 'keyturn'), shim, { mode: 0o755 })
    writeFileSync(join(user.home, 'slack-url'), 'https://hooks.slack.com/services/T000/B000/XXXXXXXX')
  })
  afterAll(() => operated.remove())

  it('has an example of every command', () => {
    const commands = commandsOf(createProgram()).filter(({ commands: below }) => below.length === 0)
    const examples = SNIPPETS.map(({ code }) => code).join('\n')
    for (const { path } of commands) expect(examples).toContain(`keyturn ${path.join(' ')}`)
  })

  const environment = (env: Record<string, string>) => ({ PATH: `${user.home}:${process.env.PATH ?? ''}`, ...env })
  const bash = (snippets: readonly Snippet[], env: Record<string, string>) => {
    const script = ['set -euo pipefail', ...snippets.map(({ code }) => code)].join('\n')
    return user.spawn('bash', ['--norc', '-c', script], environment(env)).ended
  }
  /** Runs each line of snippets that do not end by themselves, until it has done something, and then until Ctrl-C. */
  const interrupted = async (
    snippets: readonly Snippet[],
    env: Record<string, string>,
    done: (said: string, line: string) => void,
  ) => {
    const lines = snippets.flatMap(({ code }) => code.trim().split('\n'))
    for (const line of lines) {
      const running = user.spawn('bash', ['--norc', '-c', `exec ${line}`], environment(env))
      await vi.waitFor(() => done(running.out() + running.err(), line), PATIENCE)
      running.child.kill('SIGINT')
      expect((await running.ended).code, line).toBe(0)
    }
    expect(lines.length).toBeGreaterThan(0)
  }

  it('has snippets that work as written, one after the other', async () => {
    await app.apiKey({ name: 'about to expire', expiresIn: 'PT1H', warnBefore: ['PT59M59S'] })
    const warning = async () => {
      const { organization } = await app.owner.run(ListExpiryWarningsDocument, { organizationId: app.organizationId })
      return organization?.expiryWarnings?.edges[0]?.node.id ?? ''
    }
    await vi.waitFor(async () => expect(await warning()).not.toBe(''), { timeout: 20_000, interval: 200 })
    const { viewer } = await app.owner.run(ViewerDocument, {})
    const snippets = snippetsWith((marks) => !/no-test|operator|restore|timeout/.test(marks))
    const { code, out, err } = await bash(snippets, {
      SERVER: app.url,
      SECRET: app.ownerSecret,
      WARNING_ID: await warning(),
      ACTOR_ID: viewer.user?.id ?? '',
    })
    expect(code, err).toBe(0)
    expect(out).toContain('Intact: ')
    expect(out).toContain('{"data":{"viewer":{"kind":"USER"}}}')
    expect(readFileSync(join(user.home, 'new-secret'), 'utf8')).toMatch(/^kt_ak_/)
    const [watches, types] = [snippetsWith((marks) => marks === ' timeout'), join(user.home, 'types.txt')]
    await interrupted(watches, {}, (said, line) => {
      expect(said).toContain('Watching.')
      if (line.includes('types.txt')) expect(readFileSync(types, 'utf8')).toContain('KEY_CREATED\n')
    })
  }, 300_000)

  it('has operator commands that work on the running server', async () => {
    const env = { KEYTURN_DATA_DIR: operated.directory, KEYTURN_PORT: '0', KEYTURN_LOG_LEVEL: 'error' }
    await interrupted(
      snippetsWith((marks) => marks === ' operator timeout'),
      env,
      (said) => expect(said).toContain('Keyturn is serving at'),
    )
    const { code, out, err } = await bash(
      snippetsWith((marks) => marks === ' operator'),
      env,
    )
    expect(code, err).toBe(0)
    expect(out).toContain('The signing key is now')
    const elsewhere = { KEYTURN_DATA_DIR: join(operated.directory, 'restored') }
    const restored = await bash(
      snippetsWith((marks) => marks === ' restore'),
      elsewhere,
    )
    expect({ code: restored.code, out: restored.out }).toEqual({ code: 0, out: expect.stringContaining('are intact') })
  }, 300_000)
})
