import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase, type TestDatabase } from '../support/engines.ts'
import { type ServerProcess, startServer } from '../support/server-process.ts'
import { useCommandLine } from './command-line.ts'

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const TOUR = README.slice(README.indexOf('## Five-minute tour'), README.indexOf('## Command line'))

/** A command of a console, with its following lines, and what the README says that it prints. */
const COMMAND = /^\$ (.*(?:\n {4}.*)*)\n((?:(?!\$ ).*\n)*)/gm
const RANDOM = /kt_[ap]k_[0-9A-Za-z]{49}|(?:org|key)_[0-9a-f]{32}/g
const VARYING = [
  [RANDOM, '<random>'],
  [/kt_ak_\.\.\.\w{4}/g, '<hint>'],
  [/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<instant>'],
] as const

const stable = (text: string): string =>
  VARYING.reduce((rest, [pattern, name]) => rest.replace(pattern, name), text).trim()

describe('the tour of the README', () => {
  const user = useCommandLine()
  let database: TestDatabase
  let server: ServerProcess
  beforeAll(async () => {
    database = await createDatabase('sqlite')
    server = await startServer(database)
  })
  afterAll(async () => {
    await server.kill()
    await database.remove()
  })

  /** Runs a command in bash. A subscription goes on until Ctrl-C, once it has printed an event. */
  const run = async (session: string, command: string): Promise<string> => {
    const isEndless = command.startsWith('curl')
    const running = user.spawn('bash', ['--norc', '-c', `exec 2>&1; ${session}${isEndless ? 'exec ' : ''}${command}`])
    if (isEndless)
      running.child.stdout?.on('data', () => {
        if (running.out().includes('data: ')) running.child.kill('SIGINT')
      })
    return (await running.ended).out
  }

  it('prints what the README says when its commands are typed as they are written', async () => {
    /** What this server made, by what the README shows in its place. */
    const made = new Map([['http://127.0.0.1:4000', server.url]])
    const learn = (shown: string, printed: string) => {
      const values = printed.match(RANDOM) ?? []
      for (const [index, value] of (shown.match(RANDOM) ?? []).entries()) made.set(value, values[index] ?? value)
    }
    const typed = (text: string) => [...made].reduce((rest, [shown, value]) => rest.replaceAll(shown, value), text)
    let session = ''
    let commands = 0
    for (const [, language, text = ''] of TOUR.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)) {
      if (language === '') learn(text, `${server.first?.secret} ${server.first?.organizationId}`)
      else if (language === 'sh') session += typed(text)
      else
        for (const [, command = '', output = ''] of text.matchAll(COMMAND)) {
          const printed = await run(session, typed(command))
          expect(stable(printed), command).toBe(stable(output))
          learn(output, printed)
          commands += 1
        }
    }
    expect(commands).toBe(6)
  })
})
