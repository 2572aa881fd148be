import type { Page } from 'playwright-core'
import { beforeAll, describe, it } from 'vitest'
import { chromiumRuns, PHONE, useConsole } from './support/console.ts'
import type { ConsolePage } from './support/console-page.ts'
import { createSubjects, type Subjects } from './support/subjects.ts'

interface Opening {
  readonly subject: keyof Subjects
  /** SUBJECT stands for the subject's id. */
  readonly path: string
  readonly open: (page: Page, label: string) => Promise<unknown>
}

const press = (name: string) => (page: Page, label: string) =>
  page.getByRole('button', { name: name.replace('LABEL', label), exact: true }).click()
const ofKey = (dialog: string): Opening => ({
  subject: 'key',
  path: `keys/SUBJECT?dialog=${dialog}`,
  open: (page) => page.getByRole('dialog').waitFor(),
})

const OPENINGS: Readonly<Record<string, Opening>> = {
  'the menu of a row': { subject: 'key', path: 'keys', open: press('Actions for LABEL') },
  'the name of a new view': { subject: 'key', path: 'keys?q=copied', open: press('Save view') },
  'the dialog that rotates a key': ofKey('rotate'),
  'the dialog that changes a key': ofKey('edit'),
  'the dialog that suspends a key': ofKey('suspend'),
  'the dialog that revokes a key': ofKey('revoke'),
  'the dialog that issues another secret': {
    subject: 'rotatingKey',
    path: 'keys/SUBJECT',
    open: press('Issue another'),
  },
  'the new secret of a rotation': {
    subject: 'key',
    path: 'keys/SUBJECT?dialog=rotate',
    open: async (page) => {
      await page.getByRole('dialog').getByRole('button', { name: 'Rotate', exact: true }).click()
      await page.getByTestId('secret').waitFor()
    },
  },
  'the grants of a member': { subject: 'member', path: 'people', open: press('Change the grants of LABEL') },
  'the removal of a member': { subject: 'member', path: 'people', open: press('Remove LABEL') },
  'the end of an invitation': {
    subject: 'invitation',
    path: 'people?tab=invitations',
    open: press('Revoke the invitation of LABEL'),
  },
  'a new project': { subject: 'newName', path: 'structure', open: press('New project') },
  'a new sub-organization': { subject: 'newName', path: 'structure', open: press('New sub-organization') },
  'a new module': { subject: 'newName', path: 'structure', open: press('Define a module') },
  'a new route': { subject: 'newName', path: 'notifications', open: press('New route') },
  'the menu of a route': { subject: 'route', path: 'notifications', open: press('More actions for LABEL') },
  'the menu of an action of a dialog': {
    subject: 'key',
    path: 'keys/SUBJECT?dialog=suspend',
    open: async (page) => {
      await page.getByRole('dialog').getByRole('button', { name: 'Copy as' }).click()
      await page.getByRole('menu').waitFor()
    },
  },
}

describe.runIf(chromiumRuns)('what is opened on a screen', { timeout: 60_000 }, () => {
  const console = useConsole()
  const subjects = createSubjects(console)
  let window: ConsolePage
  beforeAll(async () => {
    window = await console.window(console.people.owner, { window: PHONE, stays: true })
  })

  it.each(Object.entries(OPENINGS))('fits a phone and is accessible in both themes: %s', async (_, opening) => {
    const id = await subjects.make[opening.subject]()
    await window.open(`/console/${console.organizationId}/${opening.path.replace('SUBJECT', id)}`)
    await opening.open(window.page, subjects.labelOf(id))
    await window.page.locator('[role=menu], [role=dialog], .views input').first().waitFor()
    await window.expectNoSidewaysScroll()
    await window.expectAccessible()
    window.expectQuiet()
  })

  it('is accessible where there is nothing, and where the person may see nothing', async () => {
    await window.open(`/console/${console.organizationId}/nothing/here`)
    await window.page.getByRole('heading', { name: 'Not found' }).waitFor()
    await window.expectAccessible()
    const outsider = await console.window(await console.person('Nora None', [{ module: 'members', role: 'VIEWER' }]))
    for (const path of ['', '/keys', '/audit', '/notifications', '/policies']) {
      await outsider.open(`/console/${console.organizationId}${path}`)
      await outsider.page.getByRole('heading', { level: 1 }).waitFor()
      await outsider.page.locator('.skeleton, .table-skeleton').waitFor({ state: 'detached' })
      await outsider.expectAccessible()
    }
    outsider.expectQuiet()
  })
})
