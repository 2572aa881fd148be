import type { Locator, Page } from 'playwright-core'
import type { Subjects } from './subjects.ts'

/** An action of the console, and what it is about. */
export interface CopyableAction {
  /** Makes what the action is about: an id, or the name of something new. */
  readonly subject: keyof Subjects
  /** The screen. SUBJECT stands for the subject, here and in `effect`. */
  readonly path: string
  /** Leads to the action's button "Copy as". */
  readonly find: (page: Page, subject: string, label: string) => Promise<Locator> | Locator
  /** A field of the API that shows the effect, and what its answer contains then. */
  readonly effect: readonly [field: string, answer: RegExp]
  readonly hasCommand?: boolean
}

export const copyIn = (scope: Locator | Page) => scope.getByRole('button', { name: 'Copy as', exact: true })
export const inDialog = (page: Page) => copyIn(page.getByRole('dialog'))
export const press = (name: string | RegExp) => async (page: Page) => {
  await page.getByRole('button', { name, ...(typeof name === 'string' && { exact: true }) }).click()
  return inDialog(page)
}
export const inOrganization = (field: string, answer = /SUBJECT/) =>
  [`organization(id: "ORGANIZATION") { ${field} }`, answer] as const
