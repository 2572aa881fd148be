import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { CreateApiKeyDocument } from '../../src/generated/graphql.ts'
import { TestClient } from '../support/client.ts'
import { createDatabase, type TestDatabase } from '../support/engines.ts'
import { type ServerProcess, startServer } from '../support/server-process.ts'
import { freePort, openWorkshop, runSnippet, snippetsOf } from './snippets.ts'

const snippets = snippetsOf('client.md')
const PRINTS: Readonly<Record<string, RegExp>> = {
  'Execute an operation': /^CI runner 55$/m,
  'Get tokens and refresh them': /^USER$/m,
  'Handle errors': /^BAD_USER_INPUT id$/m,
}
const SURVIVES = ['Follow a subscription', 'graphql-ws', 'urql', 'Apollo Client']

describe('docs/client.md', () => {
  const workshop = openWorkshop()
  let database: TestDatabase
  let port: string
  let server: ServerProcess
  let secret: string
  let organizationId: string

  const start = () => startServer(database, { KEYTURN_PORT: port })
  beforeAll(async () => {
    database = await createDatabase('sqlite')
    port = await freePort()
    server = await start()
    secret = server.first?.secret ?? ''
    organizationId = server.first?.organizationId ?? ''
  })
  afterAll(async () => {
    await server.kill()
    await database.remove()
    workshop.remove()
  })

  const env = () => ({ KEYTURN_KEY: secret, KEYTURN_ORGANIZATION: organizationId })
  const create = (name: string) =>
    new TestClient(server.url, secret).run(CreateApiKeyDocument, { input: { organizationId, name, grants: [] } })

  it('has no untested snippet', () => {
    expect(snippets.map(({ heading }) => heading)).toEqual([...Object.keys(PRINTS), ...SURVIVES])
  })

  it.each(snippets.filter(({ heading }) => heading in PRINTS))('"$heading" works', async (snippet) => {
    const program = runSnippet(workshop.directory, snippet, server, env())
    expect(await program.exited, program.output()).toBe(0)
    expect(program.output()).toMatch(PRINTS[snippet.heading] ?? /^$/)
  })

  it.each(snippets.filter(({ heading }) => SURVIVES.includes(heading)))(
    '"$heading" neither repeats nor misses an event when the server is killed and restarted',
    async (snippet) => {
      const name = (which: string) => `${snippet.heading} ${which}`
      await create(name('one'))
      const program = runSnippet(workshop.directory, snippet, server, env())
      onTestFinished(() => program.stop())
      await program.prints(new RegExp(`KEY_CREATED ${name('one')}$`, 'm'))
      await server.kill()
      server = await start()
      await create(name('two'))
      await program.prints(new RegExp(`KEY_CREATED ${name('two')}$`, 'm'))
      await server.kill()
      server = await start()
      await create(name('three'))
      await program.prints(new RegExp(`KEY_CREATED ${name('three')}$`, 'm'))
      const printed = program.output().matchAll(/KEY_CREATED (.+ (?:one|two|three))$/gm)
      const own = [...printed].map(([, found]) => found).filter((found) => found?.startsWith(snippet.heading))
      expect(own).toEqual(['one', 'two', 'three'].map(name))
    },
  )
}, 240_000)
