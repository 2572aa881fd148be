import { describe, expect, it } from 'vitest'
import { CreateApiKeyDocument, RevokeKeyDocument } from '../../src/generated/graphql.ts'
import { tamperWith } from '../support/tampering.ts'
import { chromiumRuns, PHONE, useConsole } from './support/console.ts'
import type { ConsolePage } from './support/console-page.ts'

const signIn = async ({ page }: ConsolePage, secret: string) => {
  await page.getByLabel('Personal access key').fill(secret)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

describe.runIf(chromiumRuns)('signing in at the console', { timeout: 90_000 }, () => {
  const console = useConsole()

  it('by a personal access key leads to the overview, and leaves the secret nowhere', async () => {
    const window = await console.window(null)
    await window.open('/')
    await window.page.waitForURL('**/console/sign-in')
    await window.expectAccessible()
    await window.picture('sign-in')
    await signIn(window, console.people.viewer.secret)
    await window.page.getByRole('heading', { name: 'Overview' }).waitFor()
    await window.expectNowhere(console.people.viewer.secret)
    window.allow(/401/)
    window.expectQuiet()
  })

  it('by the link of the first start leads to the first secret, once, and leaves the code nowhere', async () => {
    const [link = '', code = ''] = /http:\S+\/#first-start=([\w-]+)/.exec(console.server.output()) ?? []
    const window = await console.window(null)
    const { page } = window
    await page.goto(link)
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    await window.expectNowhere(code)
    await page.getByRole('link', { name: 'Create a key' }).first().click()
    await page.getByRole('button', { name: /Read-only monitoring/ }).click()
    await page.getByLabel('Name', { exact: true }).fill('first-of-all')
    await page.getByRole('button', { name: 'Review' }).click()
    await page.getByRole('button', { name: 'Create key' }).click()
    const secret = (await page.getByTestId('secret').textContent()) ?? ''
    await page.getByRole('button', { name: 'I have stored it' }).click()
    await page.getByRole('heading', { level: 1, name: 'first-of-all' }).waitFor()
    const { data } = await console.people.owner.client.with(secret).send('{ viewer { key { name } } }')
    expect(data).toEqual({ viewer: { key: { name: 'first-of-all' } } })
    window.expectQuiet()
    const again = await console.window(null)
    await again.page.goto(link)
    await again.page.getByText('This link was used before').waitFor()
  })

  it('returns to the requested page', async () => {
    const window = await console.window(null)
    await window.open(`/console/${console.organizationId}/keys?q=deploy&sort=name`)
    await window.page.waitForURL('**/console/sign-in?**')
    await signIn(window, console.people.owner.secret)
    await window.page.waitForURL(`**/console/${console.organizationId}/keys?q=deploy&sort=name`)
  })

  it('never redirects to another site', async () => {
    for (const target of ['https://evil.example/', '//evil.example', '/graphql', 'javascript:alert(1)']) {
      const window = await console.window(null)
      await window.open(`/console/sign-in?return=${encodeURIComponent(target)}`)
      await signIn(window, console.people.viewer.secret)
      await window.page.waitForURL(`${console.url}/console/${console.organizationId}`)
      window.expectQuiet()
    }
  })

  it.each([
    ['not a key', 'kt_pk_', /complete/],
    ['a key of another server', `kt_pk_${'a'.repeat(49)}`, /key/],
  ])('by %s says what to do', async (_, secret, message) => {
    const window = await console.window(null)
    await window.open('/console/sign-in')
    await signIn(window, secret)
    await window.page.locator('.field__error').filter({ hasText: message }).waitFor()
    await window.expectAccessible()
  })

  it('is for people: the secret of an API key is refused', async () => {
    const { createApiKey } = await console.people.owner.client.run(CreateApiKeyDocument, {
      input: { organizationId: console.organizationId, name: 'machine', grants: [{ module: 'keys', role: 'VIEWER' }] },
    })
    const window = await console.window(null)
    await window.open('/console/sign-in')
    await signIn(window, createApiKey.secret)
    await window.page.locator('.field__error').waitFor()
    expect(await window.context.cookies()).toEqual([])
  })

  it('works by keyboard alone, and on a phone', async () => {
    const window = await console.window(null, { window: PHONE })
    const { page } = window
    await window.open('/console/sign-in')
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await window.expectNoSidewaysScroll()
    await page.keyboard.press('Tab')
    await page.keyboard.type(console.people.viewer.secret)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
  })

  it('is asked for again once the key has ended, and leads back to the same page', async () => {
    const leaver = await console.person('Lea Leaver', [{ module: '*', role: 'VIEWER' }])
    const window = await console.window(leaver)
    await window.open(`/console/${console.organizationId}/keys?sort=name`)
    await window.page.getByRole('heading', { name: 'Keys' }).waitFor()
    await console.people.owner.client.run(RevokeKeyDocument, { input: { id: leaver.keyId } })
    await window.page.waitForURL('**/console/sign-in?**')
    expect(new URL(window.page.url()).searchParams.get('return')).toBe(
      `/console/${console.organizationId}/keys?sort=name`,
    )
    await window.page.getByText('Your session was ended.').or(window.page.getByText('The key was revoked.')).waitFor()
  })

  it('is asked for again once the session is over by time, and the page comes back as it was', async () => {
    const window = await console.window(console.people.viewer)
    const path = `/console/${console.organizationId}/keys?sort=name`
    await window.open(path)
    await window.page.getByRole('table', { name: 'Keys' }).waitFor()
    const { userId } = console.people.viewer
    await tamperWith(console.database, [
      `UPDATE console_sessions SET expires_at = created_at WHERE user_id = '${userId}'`,
    ])
    await console.restart()
    await window.page.waitForURL('**/console/sign-in?**')
    await window.page.getByRole('status').or(window.page.locator('.callout')).first().waitFor()
    await signIn(window, console.people.viewer.secret)
    await window.page.waitForURL(`**${path}`)
  })

  it('ends by signing out: the cookie of the session is rejected afterwards', async () => {
    const window = await console.window(console.people.operator)
    await window.open('/')
    const cookies = await window.context.cookies()
    await window.page.getByRole('button', { name: 'Sign out' }).click()
    await window.page.waitForURL('**/console/sign-in')
    expect(await window.context.cookies()).toEqual([])
    await window.context.addCookies(cookies)
    await window.open('/')
    await window.page.waitForURL('**/console/sign-in**')
  })
})
