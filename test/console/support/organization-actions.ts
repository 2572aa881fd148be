import type { Page } from 'playwright-core'
import { type CopyableAction, copyIn, inDialog, inOrganization, press } from './copyable-action.ts'

const fillName = (button: string) => async (page: Page, subject: string) => {
  await page.getByRole('button', { name: button, exact: true }).click()
  await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill(subject)
  return inDialog(page)
}
const fromMenu = (item: string) => async (page: Page, _: string, label: string) => {
  await page.getByRole('button', { name: `More actions for ${label}`, exact: true }).click()
  await page.getByRole('menuitem', { name: item }).click()
  return inDialog(page)
}
const onRoute = (field: string, answer: RegExp) =>
  [`node(id: "SUBJECT") { ... on NotificationRoute { ${field} } }`, answer] as const

/** Actions on people, structure, policies, notifications and sessions, by the names of their documents. */
export const ORGANIZATION_ACTIONS: Readonly<Record<string, CopyableAction>> = {
  StructureCreateProject: {
    subject: 'newName',
    path: 'structure',
    find: fillName('New project'),
    effect: inOrganization('projects { name }'),
  },
  StructureCreateOrganization: {
    subject: 'newName',
    path: 'structure',
    find: fillName('New sub-organization'),
    effect: inOrganization('suborganizations { name }'),
  },
  StructureDefineModule: {
    subject: 'newName',
    path: 'structure',
    find: fillName('Define a module'),
    effect: inOrganization('modules { name }'),
  },
  PeopleInvite: {
    subject: 'newName',
    path: 'people',
    find: async (page, subject) => {
      await press('Invite a person')(page)
      await page.getByLabel('E-mail address').fill(`${subject}@example.com`)
      await page.getByRole('group', { name: /^keys/ }).getByLabel('Operator').check()
      return inDialog(page)
    },
    effect: inOrganization('invitations { email }'),
  },
  PeopleRevokeInvitation: {
    subject: 'invitation',
    path: 'people?tab=invitations',
    find: (page, _, label) => press(`Revoke the invitation of ${label}`)(page),
    effect: inOrganization('invitations { id }', /^(?!.*SUBJECT)/),
  },
  PeopleUpdateMember: {
    subject: 'member',
    path: 'people?q=Copied',
    find: async (page, _, label) => {
      await press(`Change the grants of ${label}`)(page)
      await page.getByRole('group', { name: /^keys/ }).getByLabel('Operator').check()
      return inDialog(page)
    },
    effect: ['node(id: "SUBJECT") { ... on Member { grants { role } } }', /OPERATOR/],
  },
  PeopleRemoveMember: {
    subject: 'member',
    path: 'people?q=Copied',
    find: (page, _, label) => press(`Remove ${label}`)(page),
    effect: inOrganization('members(first: 100) { edges { node { id } } }', /^(?!.*SUBJECT)/),
  },
  PoliciesUpdate: {
    subject: 'lifetime',
    path: 'policies',
    find: async (page) => {
      await page.getByLabel('Longest lifetime', { exact: true }).fill('301')
      return copyIn(page.getByRole('main'))
    },
    effect: inOrganization('policy { maximumLifetime }'),
  },
  NotificationsCreate: {
    subject: 'newName',
    path: 'notifications',
    find: async (page, subject) => {
      await page.getByRole('button', { name: 'New route' }).click()
      await page.getByLabel('URL').fill('https://hooks.example.com/build')
      await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill(subject)
      return inDialog(page)
    },
    effect: inOrganization('notificationRoutes { name }'),
    hasCommand: true,
  },
  NotificationsUpdate: {
    subject: 'route',
    path: 'notifications',
    find: (page, _, label) =>
      page.getByRole('region', { name: label }).getByRole('button', { name: 'Copy “disable” as' }),
    effect: onRoute('enabled', /false/),
  },
  NotificationsTest: {
    subject: 'route',
    path: 'notifications',
    find: (page, _, label) =>
      page.getByRole('region', { name: label }).getByRole('button', { name: 'Copy the test as' }),
    effect: onRoute('deliveries { edges { node { status } } }', /status/),
    hasCommand: true,
  },
  NotificationsRedeliver: {
    subject: 'route',
    path: 'notifications',
    find: fromMenu('Send events again'),
    effect: onRoute('enabled', /true/),
  },
  NotificationsDelete: {
    subject: 'route',
    path: 'notifications',
    find: fromMenu('Delete'),
    effect: onRoute('id', /null/),
    hasCommand: true,
  },
  AccountEndSessions: {
    subject: 'session',
    path: 'account',
    find: (page, _, label) => page.getByRole('button', { name: `Copy the end of the session in ${label} as` }),
    effect: ['viewer { sessions { id } }', /^(?!.*SUBJECT)/],
  },
}
