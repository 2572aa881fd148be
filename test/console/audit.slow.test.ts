import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { CreateApiKeyDocument, RevokeKeyDocument } from '../../src/generated/graphql.ts'
import { historyOf } from '../support/audit-chain.ts'
import { cutTail, tamperWith, victimOf } from '../support/tampering.ts'
import { chromiumRuns, PHONE, useConsole } from './support/console.ts'
import type { ConsolePage } from './support/console-page.ts'
import { seed } from './support/seed.ts'

describe.runIf(chromiumRuns)('the audit log in the console', { timeout: 120_000 }, () => {
  const console = useConsole()
  beforeAll(() => seed(console))
  const open = async (search = '', person = console.people.owner, options = {}): Promise<ConsolePage> => {
    const window = await console.window(person, options)
    await window.open(`/console/${console.organizationId}/audit${search}`)
    await window.page.getByRole('heading', { name: 'Audit log', level: 1 }).waitFor()
    return window
  }
  const verdict = ({ page }: ConsolePage) => page.getByText(/^(Intact|Not intact)/)

  it('shows an event within two seconds or so, without being loaded again', async () => {
    const window = await open()
    await window.page.getByRole('table').waitFor()
    const { createApiKey } = await console.people.owner.client.run(CreateApiKeyDocument, {
      input: { organizationId: console.organizationId, name: 'just-now', grants: [] },
    })
    await window.page.getByRole('cell', { name: 'just-now' }).first().waitFor()
    await console.people.owner.client.run(RevokeKeyDocument, { input: { id: createApiKey.apiKey.id } })
    await window.page.getByRole('link', { name: 'Key revoked' }).first().waitFor()
    await window.expectAccessible()
    await window.picture('audit')
    window.expectQuiet()
  })

  it('keeps its filters in the address', async () => {
    const window = await open('?type=KEY_SUSPENDED')
    await window.page.getByRole('cell', { name: 'legacy-importer' }).waitFor()
    expect(await window.page.getByRole('row').count()).toBe(2)
    await window.page.getByRole('combobox', { name: 'Event' }).selectOption('PEOPLE')
    await window.page.getByRole('link', { name: 'Member joined' }).first().waitFor()
    expect(window.page.url()).toContain('type=PEOPLE')
    await window.page.reload()
    await window.page.getByRole('link', { name: 'Member joined' }).first().waitFor()
    await window.page.getByLabel('From', { exact: true }).fill('2040-01-01')
    await window.page.getByText('No event matches').waitFor()
    await window.page.getByRole('button', { name: 'Clear the filters' }).click()
    await window.page.getByRole('link', { name: 'Key suspended' }).first().waitFor()
    window.expectQuiet()
  })

  it('shows what changed before and after, at an address of its own', async () => {
    const window = await open('?type=KEY_UPDATED')
    await window.page.getByRole('link', { name: 'Key updated' }).first().click()
    const dialog = window.page.getByRole('dialog')
    await dialog.getByText('distribution:manager').first().waitFor()
    expect(await dialog.getByRole('row', { name: /Description/ }).textContent()).toMatch(/none.*Deploys the storefront/)
    await window.expectAccessible()
    await window.picture('audit-event')
    await window.page.reload()
    await window.page.getByRole('dialog').getByText('distribution:manager').first().waitFor()
    await window.page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    expect(window.page.url()).not.toContain('event=')
    window.expectQuiet()
  })

  it('recomputes every hash in the browser, and finds a changed event', async () => {
    const target = await victimOf(asApp(), ['one', 'two', 'three'])
    const window = await console.window(console.people.owner)
    await window.open(`/console/${target.id}/audit`)
    await window.page.getByRole('button', { name: 'Verify' }).click()
    await verdict(window).waitFor()
    expect(await verdict(window).textContent()).toContain('Intact: 5 events')
    await tamperWith(console.database, [`UPDATE audit_events SET target_name = 'other' WHERE ${target.at(4)}`])
    await window.page.getByRole('button', { name: 'Verify' }).click()
    await window.page.getByText('Event 4 is broken').waitFor()
    expect(await verdict(window).textContent()).toContain('Not intact')
    await window.picture('audit-tampered')
    await window.expectAccessible()
    window.expectQuiet()
  })

  it('finds a cut tail with a checkpoint that was kept before, and only with one', async () => {
    const target = await victimOf(asApp(), ['one', 'two', 'three'])
    const window = await console.window(console.people.owner)
    await window.open(`/console/${target.id}/audit`)
    const saving = window.page.waitForEvent('download')
    await window.page.getByRole('button', { name: 'Keep a checkpoint', exact: true }).click()
    const file = join(console.database.directory, 'checkpoint.json')
    await (await saving).saveAs(file)
    await window.page.getByLabel('Checkpoint file').setInputFiles(file)
    await window.page.getByRole('button', { name: 'Verify' }).click()
    await window.page.getByText(/contains everything that the checkpoint of event 5 signed/).waitFor()
    await tamperWith(console.database, cutTail(target, 3))
    await window.page.getByRole('button', { name: 'Verify' }).click()
    await window.page.getByText('Event 4 is missing: the checkpoint signed 5 events').waitFor()
    await window.page.getByRole('button', { name: 'Do without it' }).click()
    await window.page.getByRole('button', { name: 'Verify' }).click()
    await window.page.getByText('Intact: 3 events').waitFor()
    const forged = { ...JSON.parse(await readFile(file, 'utf8')), sequence: 3, hash: target.hash(3) }
    await writeFile(file, JSON.stringify(forged))
    await window.page.getByLabel('Checkpoint file').setInputFiles(file)
    await window.page.getByRole('button', { name: 'Verify' }).click()
    await window.page.getByText('its signature does not match what it says').waitFor()
    window.expectQuiet()
  })

  it('exports the log as keyturn audit verify reads it', async () => {
    const window = await open()
    const saving = window.page.waitForEvent('download')
    await window.page.getByRole('button', { name: 'Export', exact: true }).click()
    const file = join(console.database.directory, 'audit.ndjson')
    await (await saving).saveAs(file)
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
    const history = await historyOf(console.people.owner.client, console.organizationId)
    expect(lines.map((line) => JSON.parse(line).hash)).toEqual(history.slice(0, lines.length).map(({ hash }) => hash))
    window.expectQuiet()
  })

  it.each(['operator', 'viewer'] as const)(
    'lets the %s read, and names the grant that verifying needs',
    async (role) => {
      const window = await open('', console.people[role])
      await window.page.getByRole('link', { name: 'Key suspended' }).first().waitFor()
      for (const name of ['Verify', 'Export', 'Keep a checkpoint']) {
        const button = window.page.getByRole('button', { name, exact: true })
        expect(await button.getAttribute('aria-disabled')).toBe('true')
        expect(
          await button.getAttribute('aria-describedby').then((id) => window.page.locator(`[id="${id}"]`).textContent()),
        ).toContain('audit:manager')
      }
      await window.page.getByRole('link', { name: 'Key updated' }).first().click()
      await window.page.getByRole('dialog').getByText('Withheld from you').waitFor()
      window.expectQuiet()
    },
  )

  it('names the grant that a person lacks', async () => {
    const keeper = await console.person('Kim Keys', [{ module: 'keys', role: 'MANAGER' }])
    const window = await open('', keeper)
    await window.page.getByText('audit:viewer').waitFor()
    window.expectQuiet()
  })

  it('works by keyboard, and at 360 px', async () => {
    const window = await open('?type=KEY_UPDATED', console.people.owner, { window: PHONE })
    await window.page.getByRole('link', { name: 'Key updated' }).first().focus()
    await window.page.keyboard.press('Enter')
    await window.page.getByRole('dialog').waitFor()
    await window.expectNoSidewaysScroll()
    await window.page.keyboard.press('Escape')
    await window.page.getByRole('dialog').waitFor({ state: 'hidden' })
    await window.expectNoSidewaysScroll()
    await window.expectAccessible()
  })

  /** The part of an app that the tampering takes. */
  const asApp = () => ({ owner: console.people.owner.client })
})
