import type { Page } from 'playwright-core'

/** Milliseconds from the input to the frame that shows what was asked for. `interaction` also holds for the Event Timing API. */
export const GOALS = { page: 300, filter: 500, interaction: 100 } as const

export interface Step {
  /** Empty where it only leads back to where the next one starts. */
  readonly name: string
  readonly kind: keyof typeof GOALS
  /** Finds what the step shows. Without it, a new list. */
  readonly shows?: string
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
/** The first opening may have code to load. Escape closes, and belongs to no step. */
const twice = (thing: string, shows: string, open: (page: Page, time: 1 | 2) => Promise<unknown>): Step[] =>
  ([1, 2] as const).flatMap((time) => [
    {
      name: `${time === 1 ? 'first' : 'second'} opening of ${thing}`,
      kind: 'interaction',
      shows,
      act: (page) => open(page, time),
    },
    { name: '', kind: 'interaction', act: (page) => page.keyboard.press('Escape') },
  ])
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
  ...twice('the menu of a row', '[role=menu]', (page, time) =>
    page
      .getByRole('button', { name: /^Actions for/ })
      .nth(3 * time)
      .click(),
  ),
  {
    name: 'select a row',
    kind: 'interaction',
    shows: '.selection',
    act: (page) => page.locator('tbody .checkbox').nth(1).click(),
  },
  {
    name: 'select the whole page',
    kind: 'interaction',
    shows: 'tbody tr:last-child .checkbox:checked',
    act: (page) => page.getByRole('checkbox', { name: 'Select all on this page' }).click(),
  },
  ...twice('the dialog that revokes keys', '[role=dialog]', (page) =>
    page.getByRole('button', { name: 'Revoke…' }).click(),
  ),
  // A native dialog: its role is in no attribute.
  ...twice('the command palette', 'dialog[open]', (page) => page.keyboard.press('Control+k')),
  {
    name: '',
    kind: 'interaction',
    act: (page) => page.locator('tbody tr', { hasText: 'Active' }).locator('a').first().click(),
  },
  ...twice('the dialog that rotates a key', '[role=dialog]', (page) =>
    page.getByRole('button', { name: 'Rotate', exact: true }).click(),
  ),
]
