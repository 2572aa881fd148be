import { beforeAll, describe, expect, it } from 'vitest'
import {
  CreateApiKeyDocument,
  CreateNotificationRouteDocument,
  CreateOrganizationDocument,
  CreateProjectDocument,
  DefineModuleDocument,
} from '../../src/generated/graphql.ts'
import { chromiumRuns, signIn, useConsole } from './support/console.ts'
import { makeKey, useSecret } from './support/keys.ts'

/** Runs if any page takes it for markup. */
const MARKUP = '<img src=x onerror="window.ran=1"><svg onload="window.ran=1">{{7*7}}'

describe.runIf(chromiumRuns)('text that somebody else wrote', { timeout: 120_000 }, () => {
  const console = useConsole()
  let keyId = ''
  beforeAll(async () => {
    const { client } = console.people.owner
    const { organizationId } = console
    await client.run(DefineModuleDocument, { input: { organizationId, name: 'build', description: MARKUP } })
    await client.run(CreateOrganizationDocument, { input: { name: MARKUP, parentId: organizationId, slug: 'below' } })
    await client.run(CreateProjectDocument, { input: { organizationId, name: MARKUP, slug: 'project' } })
    const { createApiKey } = await client.run(CreateApiKeyDocument, {
      input: { organizationId, name: MARKUP, description: MARKUP, metadata: { [MARKUP]: MARKUP }, grants: [] },
    })
    keyId = createApiKey.apiKey.id
    const soon = { expiresIn: 'PT2H', warnBefore: ['PT1H59M59S'] }
    await client.run(CreateApiKeyDocument, { input: { organizationId, name: `${MARKUP} soon`, grants: [], ...soon } })
    await client.run(CreateNotificationRouteDocument, {
      input: { organizationId, name: MARKUP, target: { webhook: { url: 'https://hooks.example.com/x' } } },
    })
    await console.person(MARKUP, [{ module: '*', role: 'VIEWER' }])
    // A refusal with a user agent of the caller's choice is in the audit log.
    await console.people.viewer.client.send(
      `mutation { revokeKey(input: { id: "${keyId}" }) { key { id } } }`,
      {},
      { 'user-agent': MARKUP },
    )
  })

  it.each([
    ['', 'Overview'],
    ['/keys', 'Keys'],
    ['/keys/KEY', ''],
    ['/keys/KEY?tab=history', ''],
    ['/keys/KEY?tab=metadata', ''],
    ['/warnings', 'Warnings'],
    ['/keys/new', 'Create a key'],
    ['/audit', 'Audit log'],
    ['/people', 'People'],
    ['/people?tab=keys', 'People'],
    ['/structure', 'Structure'],
    ['/notifications', 'Notifications'],
    ['/account', 'My account'],
  ])('is shown as text on %s', async (path, title) => {
    const window = await console.window(console.people.owner)
    await window.open(`/console/${console.organizationId}${path.replace('KEY', keyId)}`)
    await window.page.getByRole('heading', { level: 1, name: title === '' ? MARKUP : title }).waitFor()
    if (!['', '/account'].includes(path)) await window.page.getByText(MARKUP).first().waitFor({ state: 'attached' })
    expect(await window.page.locator('img[src=x], svg[onload]').count()).toBe(0)
    expect(await window.page.evaluate(() => 'ran' in globalThis)).toBe(false)
    window.expectQuiet()
  })

  it.each(['rotate', 'edit', 'suspend', 'revoke'])('is shown as text by the dialog: %s', async (dialog) => {
    const window = await console.window(console.people.owner)
    await window.open(`/console/${console.organizationId}/keys/${keyId}?dialog=${dialog}`)
    await window.page.getByRole('dialog').getByRole('heading').getByText(MARKUP).waitFor()
    expect(await window.page.locator('img[src=x], svg[onload]').count()).toBe(0)
    expect(await window.page.evaluate(() => 'ran' in globalThis)).toBe(false)
    window.expectQuiet()
  })

  it('is shown as text by the palette and by the preview of a policy', async () => {
    const window = await console.window(console.people.owner)
    const { page } = window
    await window.open(`/console/${console.organizationId}/policies`)
    await page.getByLabel('Longest lifetime', { exact: true }).fill('60')
    await page.locator('.policy-keys').getByText(MARKUP).first().waitFor()
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog', { name: 'Search and commands' }).waitFor()
    await page.keyboard.type('onerror')
    await page.getByRole('option').getByText(MARKUP).first().waitFor()
    expect(await page.locator('img[src=x], svg[onload]').count()).toBe(0)
    expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false)
    window.expectQuiet()
  })

  it('is shown as text in the details of an event, the user agent included', async () => {
    const window = await console.window(console.people.owner)
    await window.open(`/console/${console.organizationId}/audit?type=ACCESS_DENIED`)
    await window.page.getByRole('link', { name: 'Access denied' }).first().click()
    await window.page.getByRole('dialog').getByText(MARKUP).first().waitFor()
    expect(await window.page.evaluate(() => 'ran' in globalThis)).toBe(false)
    window.expectQuiet()
  })

  it('is shown as text where it is the user agent of an access token or of a session', async () => {
    const { owner } = console.people
    const key = await makeKey(owner.client, { organizationId: console.organizationId, name: 'exchanged' })
    await useSecret(owner.client, key.secret, MARKUP)
    await signIn(console.url, owner, MARKUP)
    const window = await console.window(owner)
    for (const path of [`/keys/${key.id}?tab=tokens`, '/account']) {
      await window.open(`/console/${console.organizationId}${path}`)
      await window.page.getByRole('cell').getByText(MARKUP.slice(0, 40)).first().waitFor()
      expect(await window.page.locator('img[src=x], svg[onload]').count()).toBe(0)
      expect(await window.page.evaluate(() => 'ran' in globalThis)).toBe(false)
    }
    window.expectQuiet()
  })
})
