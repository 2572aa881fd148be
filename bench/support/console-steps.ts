import type { Page } from 'playwright-core'

/** Milliseconds: `page` and `filter` from the input to the new list, `interaction` of the Event Timing API. */
export const GOALS = { page: 300, filter: 500, interaction: 100 } as const

export interface Step {
  /** Empty where it only leads back to where the next one starts. */
  readonly name: string
  readonly kind: keyof typeof GOALS
  readonly act: (page: Page) => Promise<unknown>
}

const selectOf = (page: Page, label: string) => page.getByRole('combobox', { name: label, exact: true })
/** By its first letter, as somebody with a keyboard does: `selectOption` is no interaction. Fails where another option is chosen. */
const filterStep = (label: string, option: string, value: string): Step => ({
  name: `filter: ${label.toLowerCase()}, ${option.toLowerCase()}`,
  kind: 'filter',
  act: async (page) => {
    const select = selectOf(page, label)
    await select.focus()
    await page.keyboard.press(option.charAt(0))
    if ((await select.inputValue()) !== value) throw new Error(`${option} was not chosen.`)
  },
})
const anew = (label: string): Step => ({
  name: '',
  kind: 'filter',
  act: (page) => selectOf(page, label).selectOption({ index: 0 }),
})
const sortStep = (column: string): Step => ({
  name: `sort by ${column.toLowerCase()}`,
  kind: 'filter',
  act: async (page) => {
    await page.getByRole('button', { name: column, exact: true }).click()
    await page
      .getByRole('columnheader', { name: column, exact: true })
      .and(page.locator('[aria-sort=ascending]'))
      .waitFor()
  },
})
const linkStep = (name: string, link: string): Step => ({
  name,
  kind: 'page',
  act: (page) => page.getByRole('link', { name: link, exact: true }).click(),
})
/** The newest first again: the view without filters and sorting. */
const WHOLE_LIST = linkStep('', 'All')

const FILTERS = [
  ['Kind', 'API keys', 'api'],
  ['Status', 'Active', 'ACTIVE'],
  ['Status', 'Revoked', 'REVOKED'],
  ['Expiry', 'Within 7 days', '7d'],
  ['Expiry', 'Never', 'never'],
  ['Use', 'Unused for 7 days', '7d'],
] as const

const search = (name: string, text: string, shows: (page: Page) => Promise<unknown>): Step => ({
  name: `search: ${name}`,
  kind: 'filter',
  act: async (page) => {
    await page.getByRole('searchbox').pressSequentially(text, { delay: 60 })
    await shows(page)
  },
})

/** A walk through the list, from another screen on. */
export const STEPS: readonly Step[] = [
  linkStep('first page, before its code is loaded', 'Keys'),
  linkStep('', 'Policies'),
  linkStep('first page, shown before', 'Keys'),
  { name: 'next page', kind: 'page', act: (page) => page.getByRole('button', { name: 'Next' }).click() },
  { name: 'previous page', kind: 'page', act: (page) => page.getByRole('button', { name: 'Previous' }).click() },
  ...FILTERS.flatMap(([label, option, value]) => [filterStep(label, option, value), anew(label)]),
  ...['Name', 'Expires', 'Last used', 'Created'].map(sortStep),
  WHOLE_LIST,
  search('a part of many names', 'nightly', (page) =>
    page.locator('tbody a', { hasText: 'nightly' }).first().waitFor(),
  ),
  WHOLE_LIST,
  search('what nothing has', 'zzzz', (page) => page.getByText('No key matches').waitFor()),
  WHOLE_LIST,
  {
    name: 'open the menu of a row',
    kind: 'interaction',
    act: async (page) => {
      await page
        .getByRole('button', { name: /^Actions for/ })
        .nth(3)
        .click()
      await page.getByRole('menuitem').first().waitFor()
    },
  },
  { name: '', kind: 'interaction', act: (page) => page.keyboard.press('Escape') },
  {
    name: 'select five rows',
    kind: 'interaction',
    act: async (page) => {
      for (let row = 1; row <= 5; row += 1) await page.locator('tbody .checkbox').nth(row).click()
    },
  },
  {
    name: 'select the whole page',
    kind: 'interaction',
    act: (page) => page.getByRole('checkbox', { name: 'Select all on this page' }).click(),
  },
  {
    name: 'open the dialog that revokes them',
    kind: 'interaction',
    act: async (page) => {
      await page.getByRole('button', { name: 'Revoke…' }).click()
      await page.getByRole('dialog').waitFor()
    },
  },
  { name: '', kind: 'interaction', act: (page) => page.getByRole('button', { name: 'Cancel' }).click() },
  {
    name: 'open the command palette',
    kind: 'interaction',
    act: async (page) => {
      await page.keyboard.press('Control+k')
      await page.getByRole('dialog').waitFor()
    },
  },
]
