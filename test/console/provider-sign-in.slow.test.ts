import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RemoveMemberDocument } from '../../src/generated/graphql.ts'
import { startSignInProvider } from '../support/sign-in-provider.ts'
import { chromiumRuns, useConsole } from './support/console.ts'
import type { ConsolePage } from './support/console-page.ts'
import type { Person } from './support/people.ts'

describe.runIf(chromiumRuns)('signing in at the identity provider', { timeout: 60_000 }, () => {
  const console = useConsole()
  let provider: Awaited<ReturnType<typeof startSignInProvider>>
  let leaver: Person
  beforeAll(async () => {
    // With a provider nobody joins by a token alone.
    leaver = await console.person('Paul Provider', [{ module: '*', role: 'VIEWER' }])
    provider = await startSignInProvider()
    provider.serve(console.url)
    await console.restart({
      KEYTURN_OIDC_ISSUER: provider.issuer,
      KEYTURN_OIDC_AUDIENCE: 'https://keyturn.test',
      KEYTURN_OIDC_CLIENT_ID: provider.client.id,
      KEYTURN_OIDC_CLIENT_SECRET: provider.client.secret,
    })
  }, 120_000)
  afterAll(() => provider.close())
  const button = ({ page }: ConsolePage) => page.getByRole('link', { name: 'Continue with your identity provider' })
  const opened = async (path: string, email: string): Promise<ConsolePage> => {
    Object.assign(provider.answer, { email, declines: false })
    const window = await console.window(null)
    await window.open(path)
    await button(window).waitFor()
    return window
  }

  it('leads back to the page that was asked for, with all that the person may do', async () => {
    const window = await opened(`/console/${console.organizationId}/keys?sort=name`, 'olga.operator@example.com')
    await window.expectAccessible()
    await button(window).click()
    await window.page.waitForURL(`**/console/${console.organizationId}/keys?sort=name`)
    await window.page.getByRole('link', { name: 'Create a key' }).waitFor()
    expect(await window.page.evaluate(() => document.cookie)).toBe('')
    for (const part of ['?code=', 'id_token']) await window.expectNowhere(part)
  })

  it('tells a person who is no member so, and starts no session', async () => {
    const window = await opened('/console/sign-in', 'nobody@example.com')
    await button(window).click()
    await window.page.getByText('You are not a member of any organization here').waitFor()
    await window.expectAccessible()
    expect((await window.context.cookies(console.url)).filter(({ name }) => name === 'keyturn')).toEqual([])
  })

  it('reports that the person declined', async () => {
    const window = await opened('/console/sign-in', 'olga.operator@example.com')
    provider.answer.declines = true
    await button(window).click()
    await window.page.getByText('did not confirm who you are').waitFor()
  })

  it('ends with the membership, and leads to the sign-in page', async () => {
    const window = await opened(`/console/${console.organizationId}/keys`, 'paul.provider@example.com')
    await button(window).click()
    await window.page.getByRole('heading', { name: 'Keys', level: 1 }).waitFor()
    const { data } = await console.people.owner.client.send<{
      organization: { members: { edges: { node: { id: string; user: { id: string } } }[] } }
    }>(
      `{ organization(id: "${console.organizationId}") { members(first: 100) { edges { node { id user { id } } } } } }`,
    )
    const member = data?.organization.members.edges.find(({ node }) => node.user.id === leaver.userId)?.node.id ?? ''
    await console.people.owner.client.run(RemoveMemberDocument, { memberId: member })
    await window.page.waitForURL('**/console/sign-in?**')
  })
})
