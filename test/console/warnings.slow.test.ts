import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { CreateNotificationRouteDocument } from '../../src/generated/graphql.ts'
import { answering, type Receiver, startReceiver } from '../support/receiver.ts'
import { chromiumRuns, PHONE, useConsole } from './support/console.ts'
import type { ConsolePage } from './support/console-page.ts'
import { type MadeKey, makeKey, useSecret } from './support/keys.ts'

/** Lives for two hours, and is warned of a second after its creation. */
const WARNED_SOON = { expiresIn: 'PT2H', warnBefore: ['PT1H59M59S'] }

describe.runIf(chromiumRuns)('the inbox of warnings', () => {
  const server = useConsole({ KEYTURN_NOTIFICATION_ALLOWED_RANGES: '127.0.0.0/8' })
  const owner = () => server.people.owner.client
  let [good, bad]: Receiver[] = []
  beforeAll(async () => {
    good = await startReceiver()
    bad = await startReceiver(answering(410))
    for (const [name, receiver] of [['Chat of the team', good] as const, ['Old pager', bad] as const])
      await owner().run(CreateNotificationRouteDocument, {
        input: {
          organizationId: server.organizationId,
          name,
          target: { webhook: { url: `${receiver.url}/` } },
          types: ['KEY_EXPIRY_WARNING'],
        },
      })
  })
  afterAll(() => Promise.all([good?.close(), bad?.close()]))

  const warnOf = (name: string): Promise<MadeKey> =>
    makeKey(owner(), { organizationId: server.organizationId, name, ...WARNED_SOON })
  const inbox = async (window: ConsolePage, query = ''): Promise<Page> => {
    await window.open(`/console/${server.organizationId}/warnings${query}`)
    await window.page.getByRole('heading', { level: 1, name: 'Warnings' }).waitFor()
    return window.page
  }
  const lineOf = (page: Page, name: string) =>
    page
      .getByRole('list', { name: /warnings$/ })
      .getByRole('listitem')
      .filter({ has: page.getByRole('link', { name, exact: true }) })

  it('updates live in every window, and shows where each warning was delivered', async () => {
    const [acting, watching] = [await server.window(server.people.owner), await server.window(server.people.viewer)]
    const [page, watched] = [await inbox(acting), await inbox(watching)]
    await warnOf('arriving')
    await lineOf(page, 'arriving').waitFor()
    await lineOf(watched, 'arriving').waitFor()
    await lineOf(page, 'arriving').getByText('Delivered to 1 of 2').click()
    await lineOf(page, 'arriving').getByText('Chat of the team (Webhook)').waitFor()
    await lineOf(page, 'arriving').getByText('Old pager (Webhook)').waitFor()
    await lineOf(page, 'arriving')
      .getByText(/The receiver answered .*\. It waits until the route is enabled\./)
      .waitFor()
    expect(good?.requests.map(({ body }) => body.data.key?.name)).toContain('arriving')
    await acting.picture('warnings')
    await page.getByRole('button', { name: 'Acknowledge the warning about arriving' }).click()
    await lineOf(page, 'arriving').waitFor({ state: 'detached' })
    await lineOf(watched, 'arriving').waitFor({ state: 'detached' })
    await page.getByRole('tab', { name: 'Acknowledged' }).click()
    await lineOf(page, 'arriving')
      .getByText(`Acknowledged just now by ${server.people.owner.name}`)
      .or(lineOf(page, 'arriving').getByText(/^Acknowledged \d+ seconds ago/))
      .waitFor()
    expect(new URL(page.url()).searchParams.get('show')).toBe('acknowledged')
    acting.expectQuiet()
    watching.expectQuiet()
  })

  it('leads to a new secret without leaving, and settles the warning', async () => {
    const key = await warnOf('rotated-here')
    const window = await server.window(server.people.owner)
    const page = await inbox(window)
    await lineOf(page, 'rotated-here').waitFor()
    await page.getByRole('button', { name: 'Rotate rotated-here' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate', exact: true }).click()
    const fresh = (await page.getByTestId('secret').textContent()) ?? ''
    await page.getByRole('button', { name: 'I have stored it' }).click()
    await lineOf(page, 'rotated-here')
      .getByText(/Settled: the key was rotated/)
      .first()
      .waitFor()
    await lineOf(page, 'rotated-here').getByText('Rotation under way').first().waitFor()
    expect(await useSecret(owner(), fresh)).toBeNull()
    expect(await useSecret(owner(), key.secret)).toBeNull()
    await window.expectNowhere(fresh)
    window.expectQuiet()
  })

  it('notifies through the browser only where the person asked for it', async () => {
    const window = await server.window(server.people.owner)
    await window.context.grantPermissions(['notifications'], { origin: server.url })
    await window.page.addInitScript(() => {
      const shown: string[] = []
      Object.assign(globalThis, {
        shown,
        Notification: class {
          static permission = 'granted'
          static requestPermission(): Promise<string> {
            return Promise.resolve('granted')
          }
          constructor(title: string) {
            shown.push(title)
          }
        },
      })
    })
    const page = await inbox(window)
    const shown = () => page.evaluate<string[]>('globalThis.shown')
    await warnOf('not-asked')
    await lineOf(page, 'not-asked').waitFor()
    expect(await shown()).toEqual([])
    await page.getByRole('switch', { name: 'Browser notifications' }).click()
    await page.getByRole('link', { name: 'Keys' }).first().click()
    await warnOf('asked')
    await vi.waitFor(async () => expect(await shown()).toEqual([expect.stringMatching(/^asked expires in /)]), 10_000)
    window.expectQuiet()
  })

  it('refuses a viewer the rotation and names the grant, but lets them acknowledge', async () => {
    await warnOf('for-viewers')
    const window = await server.window(server.people.viewer)
    const page = await inbox(window)
    const rotate = page.getByRole('button', { name: 'Rotate for-viewers' })
    await rotate.waitFor()
    expect(await rotate.getAttribute('aria-disabled')).toBe('true')
    await lineOf(page, 'for-viewers').getByText('You need keys:operator').waitFor({ state: 'attached' })
    await page.getByRole('button', { name: 'Acknowledge the warning about for-viewers' }).click()
    await lineOf(page, 'for-viewers').waitFor({ state: 'detached' })
    window.expectQuiet()
  })

  it('is not shown to people without the grant, and names it', async () => {
    const outsider = await server.person('Nora None', [{ module: 'members', role: 'VIEWER' }])
    const window = await server.window(outsider)
    const page = await inbox(window)
    await page.getByText('You cannot see the warnings of this organization').waitFor()
    await page.getByRole('main').getByText('keys:viewer').waitFor()
  })

  it('is accessible in light and dark, empty and filled, and fits a phone', async () => {
    await warnOf('with-a-name-that-is-much-longer-than-a-phone-is-wide-and-has-no-spaces')
    const window = await server.window(server.people.owner, { window: PHONE })
    const page = await inbox(window)
    await page.getByRole('list', { name: 'Open warnings' }).waitFor()
    await window.expectNoSidewaysScroll()
    await window.expectAccessible()
    await page.getByRole('button', { name: 'Acknowledge all of this page' }).click()
    await page.getByText('Nothing expires soon').waitFor()
    await window.expectAccessible()
  }, 120_000)
})
