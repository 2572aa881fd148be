import { beforeAll, describe, expect, it } from 'vitest'
import { CreateOrganizationDocument } from '../../src/generated/graphql.ts'
import { chromiumRuns, PHONE, useConsole } from './support/console.ts'
import type { ConsolePage } from './support/console-page.ts'
import { type Seed, seed } from './support/seed.ts'

describe.runIf(chromiumRuns)('people, structure, policies, notifications, account', { timeout: 120_000 }, () => {
  const console = useConsole()
  let seeded: Seed
  beforeAll(async () => {
    seeded = await seed(console)
  })
  const open = async (path: string, person = console.people.owner, options = {}): Promise<ConsolePage> => {
    const window = await console.window(person, options)
    await window.open(`/console/${console.organizationId}/${path}`)
    return window
  }
  const heading = ({ page }: ConsolePage, name: string) => page.getByRole('heading', { name, level: 1 }).waitFor()

  const suborganization = async (): Promise<string> => {
    const input = { name: 'New team', parentId: console.organizationId }
    const { createOrganization } = await console.people.owner.client.run(CreateOrganizationDocument, { input })
    return createOrganization.organization.id
  }

  it.each([
    ['people', 'People', 'Olga Operator'],
    ['people?tab=keys', 'People', 'deploy-production'],
    ['people?tab=invitations', 'People', 'noor.haddad@example.com'],
    ['structure', 'Structure', 'Release tooling'],
    ['policies', 'Policies', 'Longest lifetime'],
    ['notifications', 'Notifications', 'Platform on-call'],
    ['account', 'My account', 'This one'],
  ])('%s is accessible in both themes and at 360 px', async (path, title, text) => {
    const window = await open(path)
    await heading(window, title)
    await window.page.getByText(text).first().waitFor()
    if (!path.includes('?') && path !== 'policies') await window.picture(path)
    await window.expectAccessible()
    await window.page.setViewportSize(PHONE)
    await window.expectNoSidewaysScroll()
    // The width changes no colour.
    await window.expectAccessible(['light'])
    window.expectQuiet()
  })

  it('invites a person and shows the token once, and nowhere afterwards', async () => {
    const window = await open('people')
    await window.page.getByRole('button', { name: 'Invite a person' }).click()
    await window.page.getByLabel('E-mail address').fill('sam@example.com')
    await window.page.getByRole('group', { name: /^keys/ }).getByLabel('Operator').check()
    await window.expectAccessible()
    await window.page.getByRole('button', { name: 'Create the invitation' }).click()
    const token = (await window.page.getByTestId('secret').textContent()) ?? ''
    expect(token.length).toBeGreaterThan(20)
    await window.page.keyboard.press('Escape')
    await window.page.getByRole('button', { name: 'I have stored it' }).click()
    await window.page.getByTestId('secret').waitFor({ state: 'detached' })
    await window.expectNowhere(token)
    await window.page.getByRole('tab', { name: 'Invitations' }).click()
    const row = window.page.getByRole('row', { name: /sam@example.com/ })
    await row.waitFor()
    await window.page.getByRole('button', { name: 'Revoke the invitation of sam@example.com' }).click()
    await window.page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click()
    await window.page.getByRole('dialog').waitFor({ state: 'detached' })
    await row.waitFor({ state: 'detached' })
    window.expectQuiet()
  })

  it('changes the grants of a member, shows what is withdrawn, and updates another window', async () => {
    await console.person('Ada Archer', [{ module: 'keys', role: 'MANAGER' }])
    const other = await open('people?q=Ada')
    await other.page.getByText('Ada Archer').waitFor()
    const window = await open('people?q=Ada')
    await window.page.getByRole('button', { name: 'Change the grants of Ada Archer' }).click()
    await window.page.getByRole('group', { name: /^keys/ }).getByLabel('Viewer').check()
    await window.page.getByText(/Ada Archer loses keys:manager/).waitFor()
    await window.page.getByRole('button', { name: 'Save' }).click()
    await other.page
      .getByRole('row', { name: /Ada Archer/ })
      .getByText('Viewer')
      .waitFor()
    window.expectQuiet()
    other.expectQuiet()
  })

  it('shows what stops working before a member is removed', async () => {
    const leaver = await console.person('Lee Leaver', [{ module: '*', role: 'VIEWER' }])
    const window = await open('people?q=Lee')
    await window.page.getByRole('button', { name: 'Remove Lee Leaver' }).click()
    const dialog = window.page.getByRole('dialog')
    await dialog
      .getByText(/stop(s)? working/)
      .first()
      .waitFor()
    await window.picture('people-remove')
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
    await window.page.getByRole('row', { name: /Lee Leaver/ }).waitFor({ state: 'detached' })
    const { errors } = await leaver.client.send('{ viewer { kind } }')
    expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED')
    window.expectQuiet()
  })

  it('creates a project and a sub-organization in the selected organization', async () => {
    const window = await open('structure')
    await window.page.getByRole('button', { name: 'What is below Mobile' }).click()
    await window.page.getByText('Wallet app').waitFor()
    await window.page.getByRole('button', { name: 'New project in Android' }).click()
    await window.page.getByLabel('Name').fill('Wear')
    await window.page.getByRole('button', { name: 'Create', exact: true }).click()
    await window.page.getByRole('button', { name: 'What is below Android' }).click()
    await window.page.getByText('Wear', { exact: true }).waitFor()
    await window.page.getByRole('button', { name: 'New sub-organization', exact: true }).click()
    await window.page.getByLabel('Name').fill('Data')
    await window.page.getByRole('button', { name: 'Create', exact: true }).click()
    await window.page.getByRole('link', { name: 'Data', exact: true }).waitFor()
    window.expectQuiet()
  })

  it('shows how many keys would not conform to a policy before it is saved', async () => {
    const window = await open('policies')
    await window.page.getByLabel('Longest lifetime', { exact: true }).fill('60')
    await window.page.getByText(/keys would not conform/).waitFor()
    // The first five by name.
    await window.page.getByRole('link', { name: 'deploy-production' }).waitFor()
    await window.picture('policies-preview')
    await window.expectAccessible()
    await window.page.getByLabel('Usual lifetime', { exact: true }).fill('45')
    await window.page.getByRole('button', { name: 'Save the policy' }).click()
    await window.page.getByText('The policy is changed').waitFor()
    await window.open(`/console/${seeded.mobileId}/policies`)
    await window.page.getByText('as in Default').first().waitFor()
    window.expectQuiet()
  })

  it('offers a first notification route to an organization without one', async () => {
    const organizationId = await suborganization()
    const window = await console.window(console.people.owner)
    await window.open(`/console/${organizationId}`)
    await window.page.getByText('Nobody is notified yet').waitFor()
    await window.expectAccessible()
    await window.page.getByRole('link', { name: 'Set up notifications' }).click()
    await window.page.getByText('No routes yet').waitFor()
    await window.page.getByRole('button', { name: 'New route' }).click()
    await window.page.getByLabel('Name').fill('On-call')
    await window.page.getByLabel('URL').fill('https://hooks.example.com/on-call')
    await window.page.getByRole('button', { name: 'Create the route' }).click()
    await window.page.getByRole('button', { name: 'I have stored it' }).click()
    await window.page.getByRole('link', { name: 'Overview' }).click()
    await heading(window, 'Overview')
    await window.page.getByText('Nobody is notified yet').waitFor({ state: 'detached' })
    window.expectQuiet()
  })

  it('creates a webhook, shows its signing secret once, rotates it, and deletes the route', async () => {
    const window = await open('notifications')
    await window.page.getByRole('button', { name: 'New route' }).click()
    await window.page.getByLabel('Name').fill('Build alerts')
    await window.page.getByLabel('URL').fill('https://hooks.example.com/build')
    await window.expectAccessible()
    await window.page.getByRole('button', { name: 'Create the route' }).click()
    const secret = (await window.page.getByTestId('secret').textContent()) ?? ''
    expect(secret).toMatch(/^whsec_/)
    await window.page.getByRole('button', { name: 'I have stored it' }).click()
    await window.page.getByRole('button', { name: 'More actions for Build alerts' }).click()
    await window.page.getByRole('menuitem', { name: 'Rotate the signing secret' }).click()
    await window.page.getByRole('button', { name: 'Rotate', exact: true }).click()
    const rotated = (await window.page.getByTestId('secret').textContent()) ?? ''
    expect(rotated).not.toBe(secret)
    await window.page.getByRole('button', { name: 'I have stored it' }).click()
    await window.page.getByTestId('secret').waitFor({ state: 'detached' })
    for (const one of [secret, rotated]) await window.expectNowhere(one)
    await window.page.getByRole('button', { name: 'More actions for Build alerts' }).click()
    await window.page.getByRole('menuitem', { name: 'Delete' }).click()
    await window.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await window.page.getByRole('heading', { name: 'Build alerts' }).waitFor({ state: 'detached' })
    window.expectQuiet()
  })

  it('ends the other sessions of the person, who signs in again on the same page', async () => {
    const other = await open('account')
    await heading(other, 'My account')
    const window = await open('account')
    await window.page.getByRole('button', { name: 'End all others' }).click()
    await window.page.getByText(/Ended \d+ sessions/).waitFor()
    other.allow(/401/)
    await other.page.getByLabel('Personal access key').fill(console.people.owner.secret)
    await other.page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await heading(other, 'My account')
    await other.expectNowhere(console.people.owner.secret)
    window.expectQuiet()
    other.expectQuiet()
  })

  it.each([
    ['operator', 'people', 'Invite a person', 'members:manager'],
    ['operator', 'structure', 'New project', 'members:manager'],
    ['viewer', 'structure', 'Define a module', 'members:manager'],
    ['viewer', 'policies', 'Save the policy', 'keys:manager'],
    ['operator', 'notifications', 'New route', 'keys:manager'],
  ] as const)('disables for the %s on %s: %s, and names %s', async (role, path, name, grant) => {
    const window = await open(path, console.people[role])
    const button = window.page.getByRole('button', { name, exact: true })
    await button.waitFor()
    expect(await button.getAttribute('aria-disabled')).toBe('true')
    const reason = await button.getAttribute('aria-describedby')
    expect(await window.page.locator(`[id="${reason}"]`).textContent()).toContain(grant)
    window.expectQuiet()
  })

  it("shows every page of another tenant's organization as not found", async () => {
    const { client } = console.people.owner
    const { createOrganization } = await client.run(CreateOrganizationDocument, { input: { name: 'Other tenant' } })
    const window = await console.window(console.people.operator)
    for (const path of ['audit', 'people', 'structure', 'policies', 'notifications', 'account']) {
      await window.open(`/console/${createOrganization.organization.id}/${path}`)
      await window.page.getByRole('heading', { name: 'Not found' }).waitFor()
      expect(await window.page.content(), path).not.toContain('Other tenant')
    }
    window.expectQuiet()
  })
})
