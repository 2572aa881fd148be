import type { Page } from 'playwright-core'
import { describe, expect, it, vi } from 'vitest'
import { CreateOrganizationDocument, RotateKeyDocument, SuspendKeyDocument } from '../../src/generated/graphql.ts'
import { PATIENCE } from '../support/patience.ts'
import { chromiumRuns, PHONE, useConsole } from './support/console.ts'
import type { ConsolePage } from './support/console-page.ts'
import { type MadeKey, makeKey, useSecret } from './support/keys.ts'

describe.runIf(chromiumRuns)('the page of a key', { timeout: 60_000 }, () => {
  const server = useConsole()
  const owner = () => server.people.owner.client
  const make = (name: string, more: Partial<Parameters<typeof makeKey>[1]> = {}): Promise<MadeKey> =>
    makeKey(owner(), { organizationId: server.organizationId, name, ...more })
  const show = async (window: ConsolePage, key: MadeKey, name: string, query = ''): Promise<Page> => {
    await window.open(`/console/${server.organizationId}/keys/${key.id}${query}`)
    // Behind a dialog the heading is hidden from screen readers.
    await window.page.locator('main h1', { hasText: name }).waitFor()
    return window.page
  }
  const dialog = (page: Page) => page.getByRole('dialog')
  /** Why a control is refused, as a screen reader says it; null where it is not. */
  const refusalOf = (page: Page, name: string): Promise<string | null> =>
    page
      .getByRole('main')
      .getByRole('button', { name, exact: true })
      .evaluate((button) =>
        button.getAttribute('aria-disabled') === 'true'
          ? (document.getElementById(button.getAttribute('aria-describedby') ?? '')?.textContent ?? '')
          : null,
      )

  it('follows a rotation live, while a client switches from the old secret to the new one', async () => {
    const key = await make('switching')
    await useSecret(owner(), key.secret)
    const window = await server.window(server.people.owner)
    const page = await show(window, key, 'switching')
    await page.getByRole('button', { name: 'Rotate', exact: true }).click()
    await dialog(page).getByRole('button', { name: 'Rotate', exact: true }).click()
    const fresh = (await page.getByTestId('secret').textContent()) ?? ''
    await page.getByRole('button', { name: 'I have stored it' }).click()
    const [old, next] = ['Old secret', 'New secret'].map((name) => page.getByRole('region', { name }))
    await old?.getByText(/last used .* from 127\.0\.0\.1/).waitFor()
    await next?.getByText('Not used yet').waitFor()
    await page.getByText('Waiting for the first use of the new secret').waitFor()
    await window.expectNowhere(fresh)
    await window.picture('rotation')

    expect(await useSecret(owner(), fresh)).toBeNull()
    await next?.getByText('In use').waitFor()
    expect(await next?.getAttribute('data-tone')).toBe('arrived')
    await page.getByText('the old one has not been used since').waitFor()

    expect(await useSecret(owner(), key.secret)).toBeNull()
    await page.getByText('Both secrets are in use').waitFor()

    await page.getByRole('button', { name: 'Complete', exact: true }).click()
    await page.getByText('Rotation under way').waitFor({ state: 'detached' })
    expect(await useSecret(owner(), key.secret)).toBe('UNAUTHENTICATED')
    expect(await useSecret(owner(), fresh)).toBeNull()
    window.expectQuiet()
  })

  it('cancels a rotation with one click', async () => {
    const key = await make('going-back')
    const { rotateKey } = await owner().run(RotateKeyDocument, { input: { id: key.id, overlap: 'PT1H' } })
    const window = await server.window(server.people.owner)
    const page = await show(window, key, 'going-back')
    await page.getByRole('button', { name: 'Cancel rotation' }).click()
    await page.getByText('Rotation under way').waitFor({ state: 'detached' })
    expect(await useSecret(owner(), rotateKey.secret)).toBe('UNAUTHENTICATED')
    expect(await useSecret(owner(), key.secret)).toBeNull()
  })

  it('replaces a new secret that was lost before anybody used it', async () => {
    const key = await make('lost')
    const { rotateKey } = await owner().run(RotateKeyDocument, { input: { id: key.id, overlap: 'PT1H' } })
    const window = await server.window(server.people.owner)
    const page = await show(window, key, 'lost')
    await page.getByRole('button', { name: 'Issue another' }).click()
    await dialog(page).getByRole('button', { name: 'Issue another' }).click()
    const another = (await page.getByTestId('secret').textContent()) ?? ''
    await page.getByRole('button', { name: 'I have stored it' }).click()
    await dialog(page).waitFor({ state: 'detached' })
    await window.expectNowhere(another)
    expect(await useSecret(owner(), rotateKey.secret)).toBe('UNAUTHENTICATED')
    expect(await useSecret(owner(), another)).toBeNull()
  })

  it('shows a revocation in a second window, and says before what stops working', async () => {
    const key = await make('ended')
    await useSecret(owner(), key.secret)
    await useSecret(owner(), key.secret)
    const [acting, watching] = [await server.window(server.people.owner), await server.window(server.people.viewer)]
    const page = await show(acting, key, 'ended', '?dialog=revoke')
    const watched = await show(watching, key, 'ended')
    await watched.getByText('Created').first().waitFor()
    await dialog(page).getByText('2 live access tokens end.').waitFor()
    await dialog(page)
      .getByText(/Last used .* from 127\.0\.0\.1/)
      .waitFor()
    await dialog(page).getByRole('button', { name: 'Revoke', exact: true }).click({ force: true })
    expect(await useSecret(owner(), key.secret)).toBeNull()
    await dialog(page).getByLabel('Note').fill('<img src=x onerror="window.hacked=1">')
    await dialog(page).getByLabel(/^Type/).fill('ended')
    await dialog(page).getByRole('button', { name: 'Revoke', exact: true }).click()
    await watched.getByText('Nothing brings it back').waitFor()
    expect(await useSecret(owner(), key.secret)).toBe('UNAUTHENTICATED')
    await page.getByText('Revoked: unspecified').waitFor()
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
    acting.expectQuiet()
    watching.expectQuiet()
  })

  it('ends every key that was made with it where that is asked for, after its name is typed', async () => {
    const grants = [{ module: 'keys', role: 'MANAGER' as const }]
    const first = await make('ancestor', { grants })
    const machine = owner().with(first.secret)
    const child = await makeKey(machine, { organizationId: server.organizationId, name: 'child', grants })
    const grandchild = await makeKey(machine.with(child.secret), {
      organizationId: server.organizationId,
      name: 'grandchild',
    })
    const stranger = await make('no-descendant')
    const window = await server.window(server.people.owner)
    const page = await show(window, first, 'ancestor', '?dialog=revoke')
    await dialog(page).getByLabel('Also every key that was created with it').check()
    await dialog(page).getByRole('button', { name: 'Revoke', exact: true }).click({ force: true })
    expect(await useSecret(owner(), grandchild.secret)).toBeNull()
    await dialog(page).getByLabel(/^Type/).fill('ancestor')
    await dialog(page).getByRole('button', { name: 'Revoke', exact: true }).click()
    await page.getByText('3 keys revoked').waitFor()
    for (const { secret } of [first, child, grandchild])
      expect(await useSecret(owner(), secret)).toBe('UNAUTHENTICATED')
    expect(await useSecret(owner(), stranger.secret)).toBeNull()
    window.expectQuiet()
  })

  it('lets only managers resume what a manager suspended', async () => {
    const key = await makeKey(server.people.operator.client, { organizationId: server.organizationId, name: 'held' })
    await owner().run(SuspendKeyDocument, { id: key.id })
    const window = await server.window(server.people.operator)
    const page = await show(window, key, 'held')
    await vi.waitFor(async () => expect(await refusalOf(page, 'Resume')).toContain('keys:manager'), 10_000)
    window.expectQuiet()
  })

  it('suspends and resumes', async () => {
    const key = await make('paused')
    const window = await server.window(server.people.owner)
    const page = await show(window, key, 'paused')
    await page.getByRole('button', { name: 'Suspend', exact: true }).click()
    await dialog(page).getByRole('button', { name: 'Suspend', exact: true }).click()
    await page.getByText('its secrets and tokens are refused until somebody resumes it').waitFor()
    expect(await useSecret(owner(), key.secret)).toBe('UNAUTHENTICATED')
    await page.getByRole('button', { name: 'Resume', exact: true }).click()
    await page.getByRole('button', { name: 'Suspend', exact: true }).waitFor()
    expect(await useSecret(owner(), key.secret)).toBeNull()
    window.expectQuiet()
  })

  it('changes name, description, grants and addresses, and nothing that was left alone', async () => {
    const key = await make('before', { description: 'Old', allowedIps: ['127.0.0.0/8'] })
    const window = await server.window(server.people.owner)
    const page = await show(window, key, 'before')
    await page.getByRole('button', { name: 'Edit' }).click()
    await dialog(page).getByLabel('Name', { exact: true }).fill('after')
    await dialog(page).getByRole('group', { name: /audit/ }).getByRole('radio', { name: 'Viewer' }).click()
    await dialog(page).getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { level: 1, name: 'after' }).waitFor()
    await page.getByText('Changed: grants, name').or(page.getByText('Changed: name, grants')).waitFor()
    const { data } = await owner().send(
      `{ key(id: "${key.id}") { name description allowedIps grants { module role } } }`,
    )
    expect(data).toEqual({
      key: {
        name: 'after',
        description: 'Old',
        allowedIps: ['127.0.0.0/8'],
        grants: [
          { module: 'audit', role: 'VIEWER' },
          { module: 'keys', role: 'VIEWER' },
        ],
      },
    })
    window.expectQuiet()
  })

  it('refuses a viewer every change, and names the missing grant', async () => {
    const key = await make('for-viewers')
    const window = await server.window(server.people.viewer)
    const page = await show(window, key, 'for-viewers', '?dialog=revoke')
    for (const name of ['Rotate', 'Edit']) expect(await refusalOf(page, name)).toContain('keys:operator')
    for (const name of ['Suspend', 'Revoke']) expect(await refusalOf(page, name)).toContain('keys:manager')
    await page.getByRole('button', { name: 'Rotate', exact: true }).click({ force: true })
    await page.getByRole('button', { name: 'Rotate', exact: true }).focus()
    expect(await dialog(page).count()).toBe(0)
    expect(await page.getByRole('main').textContent()).not.toContain('127.0.0.1')
    window.expectQuiet()
  })

  it('lets an operator rotate keys whose grants they hold, and lets only managers revoke them', async () => {
    const [covered, wider] = [
      await make('covered'),
      await make('wider', { grants: [{ module: 'keys', role: 'MANAGER' }] }),
    ]
    const window = await server.window(server.people.operator)
    const page = await show(window, covered, 'covered')
    expect(await refusalOf(page, 'Rotate')).toBeNull()
    expect(await refusalOf(page, 'Revoke')).toContain('keys:manager')
    await show(window, wider, 'wider')
    expect(await refusalOf(page, 'Rotate')).toContain('keys:manager')
    window.expectQuiet()
  })

  it('shows text of other people as text', async () => {
    const attack = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
    const key = await make(attack, { description: attack, metadata: { [attack]: attack } })
    await useSecret(owner(), key.secret, attack)
    const window = await server.window(server.people.owner)
    const page = await show(window, key, attack)
    await page.getByRole('tab', { name: 'Access tokens' }).click()
    await page.getByRole('table').getByText(attack).waitFor()
    await page.getByRole('tab', { name: 'Metadata' }).click()
    await page.locator('pre').getByText('onerror').waitFor()
    await page.getByRole('tab', { name: 'History' }).click()
    await page.getByRole('listitem').getByText(attack).first().waitFor()
    await page.getByRole('button', { name: 'Revoke', exact: true }).click()
    await dialog(page).getByText(attack).first().waitFor()
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
    expect(await page.locator('main img, main script, [role=dialog] img, [role=dialog] script').count()).toBe(0)
    window.expectQuiet()
  })

  it('is found by a link that names the key alone, and is not found by the id of a key of a tenant or of none', async () => {
    const key = await make('linked')
    const window = await server.window(server.people.viewer)
    await window.open(`/console/keys/${key.id}`)
    await window.page.getByRole('heading', { level: 1, name: 'linked' }).waitFor()
    const { createOrganization } = await owner().run(CreateOrganizationDocument, { input: { name: 'Tenant' } })
    const tenant = await make('of-a-tenant', { organizationId: createOrganization.organization.id })
    for (const id of [`key_${'0'.repeat(32)}`, tenant.id]) {
      await window.open(`/console/${server.organizationId}/keys/${id}`)
      await window.page.getByRole('heading', { level: 1, name: 'Not found' }).waitFor()
      expect(await window.page.content()).not.toContain('of-a-tenant')
    }
  })

  it('copies an action as a keyturn command', async () => {
    const key = await make('copied')
    const window = await server.window(server.people.owner)
    const page = await show(window, key, 'copied', '?dialog=rotate')
    await dialog(page).getByLabel('The old secret goes on working for').selectOption('PT1H')
    await dialog(page).getByRole('button', { name: 'Copy as' }).click()
    await page.getByRole('menuitem', { name: 'keyturn command' }).click()
    await vi.waitFor(
      async () =>
        expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
          `keyturn keys rotate ${key.id} --overlap PT1H --overlap-from-first-use`,
        ),
      PATIENCE,
    )
  })

  it('is accessible in light and dark with a rotation under way, and fits a phone', async () => {
    const key = await make('shown', { metadata: { repository: 'shop/web' } })
    await useSecret(owner(), key.secret)
    await owner().run(RotateKeyDocument, { input: { id: key.id, overlap: 'PT1H' } })
    const window = await server.window(server.people.owner, { window: PHONE })
    const page = await show(window, key, 'shown')
    await page.getByText('Rotation under way').waitFor()
    await page.getByText('Created', { exact: true }).first().waitFor()
    await window.expectNoSidewaysScroll()
    await window.expectAccessible()
    await page.getByRole('tab', { name: 'Access tokens' }).click()
    await page.getByRole('table').waitFor()
    await window.expectNoSidewaysScroll()
    await page.getByRole('button', { name: 'Revoke', exact: true }).click()
    await dialog(page).getByLabel('Reason').waitFor()
    await window.expectAccessible()
  }, 120_000)
})
