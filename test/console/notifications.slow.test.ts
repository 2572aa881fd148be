import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startMailServer } from '../support/mail-server.ts'
import { answering, type Receiver, startReceiver } from '../support/receiver.ts'
import { chromiumRuns, PHONE, useConsole } from './support/console.ts'
import { makeKey } from './support/keys.ts'

/** Takes what is sent, as the endpoint of a channel answers. */
const PATIENCE = 15_000

describe.runIf(chromiumRuns)('the channels of notifications', { timeout: 90_000 }, () => {
  const mail = startMailServer()
  const console = useConsole(async () => ({
    KEYTURN_NOTIFICATION_ALLOWED_RANGES: '127.0.0.0/8',
    KEYTURN_SMTP_URL: `smtp://127.0.0.1:${(await mail).port}`,
    KEYTURN_MAIL_FROM: 'Keyturn <keyturn@example.com>',
  }))
  let receiver: Receiver
  beforeAll(async () => {
    receiver = await startReceiver(answering(200))
  })
  afterAll(async () => {
    await receiver.close()
    await (await mail).close()
  })

  const open = async (person = console.people.owner, options = {}) => {
    const window = await console.window(person, options)
    await window.open(`/console/${console.organizationId}/notifications`)
    await window.page.getByRole('heading', { name: 'Notifications', level: 1 }).waitFor()
    return window
  }
  const begin = async (page: Page, name: string, channel: string) => {
    await page.getByRole('button', { name: 'New route' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill(name)
    await dialog.getByLabel('Channel').selectOption(channel)
    return dialog
  }
  const card = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
  const test = async (page: Page, name: string) => {
    await card(page, name).getByRole('button', { name: 'Send a test' }).click()
    await page.getByText('The test message arrived').waitFor()
  }

  it('Slack: creates a route whose URL is masked from then on, and sends a test', async () => {
    const window = await open()
    const { page } = window
    const dialog = await begin(page, 'Team chat', 'Slack')
    await dialog.getByLabel(/^URL of the incoming webhook/).fill(`${receiver.url}/services/T012AB/chat-credential`)
    await window.expectAccessible()
    await dialog.getByRole('button', { name: 'Create the route' }).click()
    await card(page, 'Team chat').getByText('****').waitFor()
    await window.expectNowhere('chat-credential')
    await test(page, 'Team chat')
    expect(receiver.requests.at(-1)?.path).toBe('/services/T012AB/chat-credential')
    window.expectQuiet()
  })

  it('PagerDuty: creates a route at another endpoint, and sends a test', async () => {
    const window = await open()
    const { page } = window
    const dialog = await begin(page, 'On call', 'PagerDuty')
    await dialog.getByLabel(/^Integration key/).fill('R0123456789abcdef')
    await dialog.getByLabel(/^Endpoint/).fill(`${receiver.url}/v2/enqueue`)
    await dialog.getByRole('button', { name: 'Create the route' }).click()
    await test(page, 'On call')
    expect(receiver.requests.at(-1)?.body.routing_key).toBe('R0123456789abcdef')
    await window.expectNowhere('R0123456789abcdef')
    window.expectQuiet()
  })

  it('e-mail: creates a route to addresses and to managers, and sends a test', async () => {
    const window = await open()
    const { page } = window
    const dialog = await begin(page, 'Mail', 'E-mail')
    await dialog.getByLabel(/^Addresses/).fill('team@example.com, lead@example.com')
    await dialog.getByLabel('Also the members with keys:manager').check()
    await dialog.getByRole('button', { name: 'Create the route' }).click()
    await test(page, 'Mail')
    const { mails } = await mail
    expect(mails.flatMap(({ to }) => to).sort()).toEqual(
      expect.arrayContaining(['lead@example.com', 'team@example.com']),
    )
    window.expectQuiet()
  })

  it('changes what a route sends and where, on a phone', async () => {
    const window = await open(console.people.owner, { window: PHONE })
    const { page } = window
    await (await begin(page, 'To change', 'Slack'))
      .getByLabel(/^URL of the incoming webhook/)
      .fill(`${receiver.url}/services/old`)
    await page.getByRole('button', { name: 'Create the route' }).click()
    await page.getByRole('button', { name: 'More actions for To change' }).click()
    await page.getByRole('menuitem', { name: 'Change' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('Changed')
    await dialog.getByLabel('Send somewhere else').check()
    await dialog.getByLabel(/^URL of the incoming webhook/).fill(`${receiver.url}/services/new`)
    await window.expectNoSidewaysScroll()
    await window.expectAccessible()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await test(page, 'Changed')
    expect(receiver.requests.at(-1)?.path).toBe('/services/new')
    window.expectQuiet()
  })

  it('shows a delivery that failed with the answer of the receiver, and sends it again', async () => {
    const window = await open()
    const { page } = window
    const dialog = await begin(page, 'Broken', 'Webhook')
    const broken = await startReceiver(answering(500))
    await dialog.getByLabel('URL').fill(`${broken.url}/hook`)
    await dialog.getByRole('button', { name: 'Create the route' }).click()
    await page.getByRole('button', { name: 'I have stored it' }).click()
    await card(page, 'Broken').getByRole('button', { name: 'Deliveries' }).click()
    await makeKey(console.people.owner.client, {
      organizationId: console.organizationId,
      name: 'sent-again',
      expiresIn: 'PT2H',
      warnBefore: ['PT1H59M59S'],
    })
    const row = page.getByRole('row', { name: /sent-again/ })
    await row.getByText('Pending').waitFor()
    await row.getByText(/500/).waitFor({ timeout: PATIENCE })
    broken.answer = answering(204)
    const before = broken.requests.length
    await page.getByRole('button', { name: 'More actions for Broken' }).click()
    await page.getByRole('menuitem', { name: 'Send events again' }).click()
    await page.getByRole('dialog').getByLabel('After event number').fill('0')
    await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click()
    await page.getByText('The events are sent again').waitFor()
    await vi.waitFor(() => expect(broken.requests.length).toBeGreaterThan(before), PATIENCE)
    await row.getByText('Delivered').first().waitFor({ timeout: PATIENCE })
    await window.expectAccessible()
    await broken.close()
    window.expectQuiet()
  })

  it('shows why a test notification was not delivered', async () => {
    const window = await open()
    const { page } = window
    const away = await startReceiver(answering(503))
    const dialog = await begin(page, 'Away', 'Slack')
    await dialog.getByLabel(/^URL of the incoming webhook/).fill(`${away.url}/services/x`)
    await dialog.getByRole('button', { name: 'Create the route' }).click()
    await card(page, 'Away').getByRole('button', { name: 'Send a test' }).click()
    await page.getByText('The test message has not arrived yet').waitFor()
    await page.getByText(/503/).first().waitFor()
    await away.close()
    window.expectQuiet()
  })

  it('rejects a target inside the network, at its field', async () => {
    const window = await open()
    const dialog = await begin(window.page, 'Inside', 'Webhook')
    await dialog.getByLabel('URL').fill('http://169.254.169.254/latest')
    await dialog.getByRole('button', { name: 'Create the route' }).click()
    await dialog.locator('.field__error').or(dialog.getByRole('alert')).first().waitFor()
    window.expectQuiet()
  })
})
