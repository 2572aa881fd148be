import type { Page } from 'playwright-core'
import { type CopyableAction, copyIn, inDialog, inOrganization, press } from './copyable-action.ts'

const inPanel = (index: number) => (page: Page) => copyIn(page.getByRole('main')).nth(index)
/** The summary of a new key: from a template, or a personal key that lasts less long than the one it is made with. */
const draft = (template: RegExp | null) => async (page: Page, subject: string) => {
  if (template === null) await page.getByRole('radio', { name: 'Personal access key' }).check()
  else await page.getByRole('button', { name: template }).click()
  await page.getByLabel('Name', { exact: true }).fill(subject)
  await page.getByLabel('Lifetime', { exact: true }).fill('30')
  await page.getByRole('button', { name: 'Review' }).click()
  return copyIn(page.getByRole('main'))
}
const status = (value: string) => [`key(id: "SUBJECT") { status }`, new RegExp(value)] as const
const secrets = (answer: RegExp) => [`key(id: "SUBJECT") { secrets { state } }`, answer] as const
const keysNamed = inOrganization('keys(filter: { search: "SUBJECT" }) { edges { node { name } } }', /"name":"SUBJECT"/)

/** Actions on keys and warnings, by the names of their documents. */
export const KEY_ACTIONS: Readonly<Record<string, CopyableAction>> = {
  SuspendKeyInConsole: {
    subject: 'key',
    path: 'keys/SUBJECT?dialog=suspend',
    find: inDialog,
    effect: status('SUSPENDED'),
    hasCommand: true,
  },
  ResumeKeyInConsole: {
    subject: 'suspendedKey',
    path: 'keys/SUBJECT',
    find: inPanel(0),
    effect: status('ACTIVE'),
    hasCommand: true,
  },
  RevokeKeyInConsole: {
    subject: 'key',
    path: 'keys/SUBJECT?dialog=revoke',
    find: inDialog,
    effect: status('REVOKED'),
    hasCommand: true,
  },
  RotateKeyInConsole: {
    subject: 'key',
    path: 'keys/SUBJECT?dialog=rotate',
    find: inDialog,
    effect: secrets(/RETIRING/),
    hasCommand: true,
  },
  CompleteRotationInConsole: {
    subject: 'rotatingKey',
    path: 'keys/SUBJECT',
    find: inPanel(0),
    effect: secrets(/^(?!.*RETIRING)/),
    hasCommand: true,
  },
  CancelRotationInConsole: {
    subject: 'rotatingKey',
    path: 'keys/SUBJECT',
    find: inPanel(1),
    effect: secrets(/^(?!.*RETIRING)/),
    hasCommand: true,
  },
  UpdateKeyInConsole: {
    subject: 'key',
    path: 'keys/SUBJECT?dialog=edit',
    find: async (page) => {
      await page
        .getByRole('dialog')
        .getByLabel(/^Description/)
        .fill("It's new")
      return inDialog(page)
    },
    effect: ['key(id: "SUBJECT") { description }', /It's new/],
  },
  RevokeManyKeys: {
    subject: 'key',
    path: 'keys?q=SUBJECT',
    find: async (page) => {
      await page.getByRole('checkbox', { name: 'Select all on this page' }).check()
      return press('Revoke…')(page)
    },
    effect: status('REVOKED'),
    hasCommand: true,
  },
  CreateApiKeyInConsole: {
    subject: 'newName',
    path: 'keys/new',
    find: draft(/Read-only monitoring/),
    effect: keysNamed,
    hasCommand: true,
  },
  CreatePersonalKeyInConsole: {
    subject: 'newName',
    path: 'keys/new',
    find: draft(null),
    effect: keysNamed,
    hasCommand: true,
  },
  AcknowledgeWarningInConsole: {
    subject: 'warning',
    path: 'warnings',
    find: (page, _, label) =>
      copyIn(page.getByRole('listitem').filter({ has: page.getByRole('link', { name: label, exact: true }) })),
    effect: ['node(id: "SUBJECT") { ... on ExpiryWarning { acknowledgedAt } }', /acknowledgedAt":"2/],
    hasCommand: true,
  },
}
