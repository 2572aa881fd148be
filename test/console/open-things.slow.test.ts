import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import {
  AcknowledgeExpiryWarningDocument,
  CompleteRotationDocument,
  DeleteNotificationRouteDocument,
  EndSessionsDocument,
  RevokeInvitationDocument,
  RevokeKeyDocument,
} from '../../src/generated/graphql.ts'
import { chromiumRuns, useConsole } from './support/console.ts'
import { makeKey } from './support/keys.ts'
import { createSubjects, type Subjects } from './support/subjects.ts'

/** A part of the screen that goes away while a menu or a dialog about it is open. */
interface Passing {
  readonly subject: keyof Subjects
  /** SUBJECT stands for the subject. */
  readonly path: string
  /** Lets it go, as somebody else does. */
  readonly end: (id: string) => Promise<unknown>
}

interface WithMenu extends Passing {
  /** LABEL stands for the subject's name. */
  readonly button: string
}

interface WithDialog extends Passing {
  readonly open: (page: Page, label: string) => Promise<unknown>
  /** The screen without the subject. */
  readonly isGone: (page: Page, label: string) => Promise<unknown>
}

describe.runIf(chromiumRuns)('what somebody has open', { timeout: 60_000 }, () => {
  const console = useConsole()
  const subjects = createSubjects(console)
  const owner = () => console.people.owner.client
  const show = async ({ subject, path }: Passing) => {
    const id = await subjects.make[subject]()
    const window = await console.window(console.people.owner)
    await window.open(`/console/${console.organizationId}/${path.replace('SUBJECT', id)}`)
    return { id, label: subjects.labelOf(id), page: window.page, window }
  }
  const region = (page: Page, name: string) => page.getByRole('region', { name })

  const menus: Readonly<Record<string, WithMenu>> = {
    'of a session that ends': {
      subject: 'session',
      path: 'account',
      button: 'Copy the end of the session in LABEL as',
      end: (id) => owner().run(EndSessionsDocument, { input: { id } }),
    },
    'of a key that leaves the list': {
      subject: 'key',
      path: `keys?status=${encodeURIComponent('["ACTIVE"]')}`,
      button: 'Actions for LABEL',
      end: (id) => owner().run(RevokeKeyDocument, { input: { id } }),
    },
    'of a route that is deleted': {
      subject: 'route',
      path: 'notifications',
      button: 'More actions for LABEL',
      end: (id) => owner().run(DeleteNotificationRouteDocument, { input: { id } }),
    },
  }

  it.each(Object.entries(menus))('the menu %s stays until it is closed', async (_, menu) => {
    const { id, label, page } = await show(menu)
    const button = page.getByRole('button', { name: menu.button.replace('LABEL', label), exact: true })
    // Another window shows when the screen has been loaded again.
    const watching = await console.window(console.people.owner)
    await watching.open(new URL(page.url()).pathname + new URL(page.url()).search)
    const watched = watching.page.getByRole('button', { name: menu.button.replace('LABEL', label), exact: true })
    await Promise.all([button.waitFor(), watched.waitFor()])
    await button.click()
    const item = page.getByRole('menuitem').first()
    await item.waitFor()
    await menu.end(id)
    await makeKey(owner(), { organizationId: console.organizationId, name: `event-for-${id.slice(-8)}` })
    await watched.waitFor({ state: 'detached' })
    expect(await item.isVisible()).toBe(true)
    await page.keyboard.press('Escape')
    // No row of the list of keys moves while the focus is in one.
    await page.locator('main h1').click()
    await button.waitFor({ state: 'detached' })
  })

  const dialogs: Readonly<Record<string, WithDialog>> = {
    'with the secret of a rotation, when its warning is acknowledged': {
      subject: 'warning',
      path: 'warnings',
      open: async (page, label) => {
        await page.getByRole('button', { name: `Rotate ${label}` }).click()
        await page.getByRole('dialog').getByRole('button', { name: 'Rotate', exact: true }).click()
        await page.getByTestId('secret').waitFor()
      },
      end: (id) => owner().run(AcknowledgeExpiryWarningDocument, { id }),
      isGone: (page) => page.getByText('Nothing expires soon').waitFor(),
    },
    'with another secret of a rotation, when the rotation is completed': {
      subject: 'rotatingKey',
      path: 'keys/SUBJECT',
      open: async (page) => {
        await page.getByRole('button', { name: 'Issue another' }).click()
        await page.getByRole('dialog').getByRole('button', { name: 'Issue another' }).click()
        await page.getByTestId('secret').waitFor()
      },
      end: (id) => owner().run(CompleteRotationDocument, { id }),
      isGone: (page) => page.getByText('Rotation under way').waitFor({ state: 'detached' }),
    },
    'about an invitation, when it is revoked': {
      subject: 'invitation',
      path: 'people?tab=invitations',
      open: (page, label) => page.getByRole('button', { name: `Revoke the invitation of ${label}` }).click(),
      end: (id) => owner().run(RevokeInvitationDocument, { id }),
      isGone: (page) => page.getByText('No open invitations').waitFor(),
    },
    'about a route, when it is deleted': {
      subject: 'route',
      path: 'notifications',
      open: async (page, label) => {
        await region(page, label).getByRole('button', { name: 'More actions' }).click()
        await page.getByRole('menuitem', { name: 'Change' }).click()
      },
      end: (id) => owner().run(DeleteNotificationRouteDocument, { input: { id } }),
      isGone: (page, label) => page.locator('main h2', { hasText: label }).waitFor({ state: 'detached' }),
    },
  }

  it.each(Object.entries(dialogs))('the dialog %s stays', async (_, dialog) => {
    const { id, label, page, window } = await show(dialog)
    await dialog.open(page, label)
    await page.getByRole('dialog').waitFor()
    await dialog.end(id)
    await dialog.isGone(page, label)
    expect(await page.getByRole('dialog').isVisible()).toBe(true)
    window.expectQuiet()
  })
})
