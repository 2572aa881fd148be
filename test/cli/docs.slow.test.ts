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

/** How long a command may run that does not end by itself. */
const SECONDS = 5

describe('docs/cli.md', () => {
  const app = useApp()
  const user = useCommandLine()
  let operated: TestDatabase
  beforeAll(async () => {
    operated = await createDatabase('sqlite')
    const [program, ...rest] = user.command([])
    const shim = `#!/bin/sh\nexec ${[program, ...rest].map((word) => `'${word}'`).join(' ')} "$@"\n`
    writeFileSync(join(user.home, 'keyturn'), shim, { mode: 0o755 })
  })
  afterAll(() => operated.remove())

  it('has an example of every command', () => {
    const commands = commandsOf(createProgram()).filter(({ commands: below }) => below.length === 0)
    const examples = SNIPPETS.map(({ code }) => code).join('\n')
    for (const { path } of commands) expect(examples).toContain(`keyturn ${path.join(' ')}`)
  })

  const bash = async (lines: readonly string[], env: Record<string, string>) => {
    const path = `${user.home}:${process.env.PATH ?? ''}`
    const script = ['set -euo pipefail', ...lines].join('\n')
    return user.spawn('bash', ['--norc', '-c', script], { PATH: path, ...env }).ended
  }
  /** The lines of a snippet that does not end by itself, each ended with Ctrl-C after a while. */
  const interrupted = (code: string): string[] =>
    code
      .trim()
      .split('\n')
      .map((line) => `timeout --signal=INT ${SECONDS} ${line} || [ $? -eq 124 ]`)

  it('has snippets that work as they are written, one after the other', async () => {
    await app.apiKey({ name: 'about to expire', expiresIn: 'PT1H', warnBefore: ['PT59M59S'] })
    const warning = async () => {
      const { organization } = await app.owner.run(ListExpiryWarningsDocument, { organizationId: app.organizationId })
      return organization?.expiryWarnings?.edges[0]?.node.id ?? ''
    }
    await vi.waitFor(async () => expect(await warning()).not.toBe(''), { timeout: 20_000, interval: 200 })
    const { viewer } = await app.owner.run(ViewerDocument, {})
    const snippets = snippetsWith((marks) => !/no-test|operator|restore/.test(marks))
    const lines = snippets.flatMap(({ marks, code }) => (marks.includes('timeout') ? interrupted(code) : [code]))
    const { code, out, err } = await bash(lines, {
      SERVER: app.url,
      SECRET: app.ownerSecret,
      WARNING_ID: await warning(),
      ACTOR_ID: viewer.user?.id ?? '',
    })
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('Intact: ')
    expect(out).toContain('{"data":{"viewer":{"kind":"USER"}}}')
    expect(readFileSync(join(user.home, 'types.txt'), 'utf8')).toContain('KEY_ROTATED\n')
    expect(readFileSync(join(user.home, 'new-secret'), 'utf8')).toMatch(/^kt_ak_/)
  }, 180_000)

  it('has operator commands that work on the server that has run', async () => {
    const env = { KEYTURN_DATA_DIR: operated.directory, KEYTURN_PORT: '0', KEYTURN_LOG_LEVEL: 'error' }
    const [once, serve] = [/^ operator$/, /^ operator timeout$/].map((marks) =>
      snippetsWith((each) => marks.test(each))
        .map(({ code }) => code)
        .join('\n'),
    )
    const { code, out, err } = await bash([...interrupted(serve ?? ''), once ?? ''], env)
    expect(code, err).toBe(0)
    expect(out).toContain('Keyturn is serving at')
    expect(out).toContain('The signing key is now')
    const [restore] = snippetsWith((marks) => marks === ' restore')
    const restored = await bash([restore?.code ?? ''], { KEYTURN_DATA_DIR: join(operated.directory, 'restored') })
    expect({ code: restored.code, out: restored.out }).toEqual({ code: 0, out: expect.stringContaining('are intact') })
  }, 120_000)
})
