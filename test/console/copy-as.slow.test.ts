import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumRuns, useConsole } from './support/console.ts'
import type { ConsolePage } from './support/console-page.ts'
import { mutationsSent } from './support/console-sources.ts'
import { copyAs, runInShell, sendCopied } from './support/copied.ts'
import { inDialog } from './support/copyable-action.ts'
import { KEY_ACTIONS } from './support/key-actions.ts'
import { ORGANIZATION_ACTIONS } from './support/organization-actions.ts'
import { createSubjects } from './support/subjects.ts'

describe.runIf(chromiumRuns)('"Copy as"', { timeout: 60_000 }, () => {
  const console = useConsole()
  const subjects = createSubjects(console)
  const copied = new Set<string>()
  let window: ConsolePage
  beforeAll(async () => {
    window = await console.window(console.people.owner, { stays: true })
  })

  it.each(Object.entries({ ...KEY_ACTIONS, ...ORGANIZATION_ACTIONS }))(
    'gives %s as a text that does the same',
    async (name, action) => {
      const { client, secret } = console.people.owner
      const shown = await subjects.make[action.subject]()
      const fill = (text: string, subject: string) =>
        text.replaceAll('SUBJECT', subject).replaceAll('ORGANIZATION', console.organizationId)
      await window.open(`/console/${console.organizationId}/${fill(action.path, shown)}`)
      const button = await action.find(window.page, shown, subjects.labelOf(shown))
      const proves = async (text: string) => {
        const other = await subjects.make[action.subject]()
        const output = await runInShell(text.replaceAll(shown, other), console.url, secret)
        expect(output, text).not.toContain('"errors"')
        const [field, answer] = action.effect
        const { data } = await client.send(`{ ${fill(field, other)} }`)
        expect(JSON.stringify(data), text).toMatch(new RegExp(fill(answer.source, other)))
        expect(text).not.toMatch(/kt_(?:ak|pk)_/)
      }
      const request = (await copyAs(window.page, button, 'curl')) ?? ''
      const command = await copyAs(window.page, button, 'keyturn command')
      expect(command !== null).toBe(action.hasCommand === true)
      await Promise.all([proves(request), command === null ? undefined : proves(command)])
      copied.add(/mutation (\w+)/.exec(request)?.[1] ?? '')
      expect([...copied]).toContain(name)
      window.expectQuiet()
    },
  )

  it('copies GraphQL with its variables', async () => {
    const [shown, other] = [await subjects.make.key(), await subjects.make.key()]
    await window.open(`/console/${console.organizationId}/keys/${shown}?dialog=suspend`)
    const text = (await copyAs(window.page, inDialog(window.page), 'GraphQL')) ?? ''
    await sendCopied(text.replaceAll(shown, other), console.url, console.people.owner.secret)
    const { data } = await console.people.owner.client.send(`{ key(id: "${other}") { status } }`)
    expect(data).toEqual({ key: { status: 'SUSPENDED' } })
  })

  it.each([
    ['the list of events', 'Copy as', /deploy|KEY|Key|organization/i],
    ['the export', 'Copy the export as', /^$/],
    ['a checkpoint', 'Copy “keep a checkpoint” as', /signature/],
  ])('copies a command for %s of the audit log', async (_, name, answer) => {
    await window.open(`/console/${console.organizationId}/audit`)
    const button = window.page.getByRole('main').getByRole('button', { name, exact: true })
    const text = (await copyAs(window.page, button, 'keyturn command')) ?? ''
    expect(await runInShell(text, console.url, console.people.owner.secret)).toMatch(answer)
    const curl = (await copyAs(window.page, button, 'curl')) ?? ''
    const output = await runInShell(curl, console.url, console.people.owner.secret)
    expect(output).toContain('"data"')
    expect(output).not.toContain('"errors"')
  })

  afterAll(() => expect([...mutationsSent()].filter((name) => !copied.has(name))).toEqual([]))
})
