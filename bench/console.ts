// The console's list of keys in an organization with 100,000 of them, in a browser. npm run bench:console [-- --keep]

import { rmSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { CHROMIUM } from '../test/support/chromium.ts'
import { dataSet, type Filling, idSql, instantSql, multiply } from './harness/datasets.ts'
import { startExisting } from './harness/keyturn.ts'
import { Cleanup, type RowContext } from './harness/row.ts'
import { median } from './harness/statistics.ts'
import { heading, milliseconds, printTable } from './support/bench.ts'
import { type Noted, probe, type Requests } from './support/page-probe.ts'

const KEYS = 100_000
const ROUNDS = 5
const GOALS = { page: 300, filter: 500, interaction: 100 } as const
const FLAGS = ['--disable-gpu', '--disable-dev-shm-usage', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1']
/** The screen after the last answer. */
const SETTLING_MS = 400

const NAMES = ['deploy', 'nightly', 'metrics', 'backup', 'mobile', 'partner', 'crawler', 'billing']
const NAME = `CASE n % 8 ${NAMES.map((name, index) => `WHEN ${index} THEN '${name}'`).join(' ')} END || '-' || n`
/** A tenth is revoked, a tenth never expires, a third was never used. */
const fill = (filling: Filling): Promise<void> =>
  multiply(filling, 'keys', "kind = 'API_KEY'", KEYS, {
    id: idSql('key'),
    name: NAME,
    active_name: `CASE WHEN n % 10 = 3 THEN NULL ELSE ${NAME} END`,
    search_text: NAME,
    created_at: instantSql('-60 * n'),
    lifetime_from: instantSql('-60 * n'),
    expires_at: `CASE WHEN n % 10 = 5 THEN NULL ELSE ${instantSql('3600 + (n * 7919) % 31536000')} END`,
    revoked_at: `CASE WHEN n % 10 = 3 THEN ${instantSql('-n')} ELSE NULL END`,
    revocation_reason: "CASE WHEN n % 10 = 3 THEN 'NO_LONGER_NEEDED' ELSE NULL END",
    last_used_at: `CASE WHEN n % 3 = 0 THEN NULL ELSE ${instantSql('-((n * 104729) % 20000000)')} END`,
    due_at: 'NULL',
  })

type Kind = keyof typeof GOALS

interface Step {
  readonly name: string
  readonly kind: Kind
  readonly act: (page: Page) => Promise<unknown>
}

const selectStep = (label: string, option: string): Step => ({
  name: `filter: ${label.toLowerCase()}, ${option.toLowerCase()}`,
  kind: 'filter',
  act: (page) => page.getByRole('combobox', { name: label, exact: true }).selectOption(option),
})
const anew = (label: string): Step => ({
  name: '',
  kind: 'filter',
  act: (page) => page.getByRole('combobox', { name: label, exact: true }).selectOption({ index: 0 }),
})
const sortStep = (column: string): Step => ({
  name: `sort by ${column.toLowerCase()}`,
  kind: 'filter',
  act: (page) => page.getByRole('button', { name: column, exact: true }).click(),
})

const FILTERS: readonly (readonly [string, string])[] = [
  ['Kind', 'API keys'],
  ['Status', 'Active'],
  ['Status', 'Revoked'],
  ['Expiry', 'Within 30 days'],
  ['Expiry', 'Never'],
  ['Use', 'Unused for 90 days'],
]

const STEPS: readonly Step[] = [
  { name: 'first page', kind: 'page', act: (page) => page.getByRole('link', { name: 'Keys', exact: true }).click() },
  { name: 'next page', kind: 'page', act: (page) => page.getByRole('button', { name: 'Next' }).click() },
  { name: 'previous page', kind: 'page', act: (page) => page.getByRole('button', { name: 'Previous' }).click() },
  ...FILTERS.flatMap(([label, option]) => [selectStep(label, option), anew(label)]),
  ...['Name', 'Expires', 'Last used', 'Created'].map(sortStep),
  {
    name: 'search: a part of many names',
    kind: 'filter',
    act: (page) => page.getByRole('searchbox').pressSequentially('nightly', { delay: 60 }),
  },
  { name: '', kind: 'filter', act: (page) => page.getByRole('searchbox').clear() },
  {
    name: 'search: what nothing has',
    kind: 'filter',
    act: (page) => page.getByRole('searchbox').pressSequentially('zzzz', { delay: 60 }),
  },
  { name: '', kind: 'filter', act: (page) => page.getByRole('searchbox').clear() },
  {
    name: 'open the menu of a row',
    kind: 'interaction',
    act: (page) =>
      page
        .getByRole('button', { name: /^Actions for/ })
        .nth(3)
        .click(),
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
    act: (page) => page.getByRole('button', { name: 'Revoke…' }).click(),
  },
  { name: '', kind: 'interaction', act: (page) => page.getByRole('button', { name: 'Cancel' }).click() },
  { name: 'open the command palette', kind: 'interaction', act: (page) => page.keyboard.press('Control+k') },
]

type Sample = Noted & { readonly server: Requests }

const cookieOf = async (url: string, secret: string) => {
  const headers = { 'content-type': 'application/json', 'x-keyturn-console': '1', origin: url }
  const response = await fetch(`${url}/session`, { method: 'POST', headers, body: JSON.stringify({ secret }) })
  const [name = '', value = ''] = (response.headers.get('set-cookie') ?? '').split(';')[0]?.split('=') ?? []
  if (value === '') throw new Error(`The sign-in was answered with ${response.status}.`)
  return { name, value, url, httpOnly: true, sameSite: 'Strict' as const }
}

/** One walk through all steps, in a browser window of its own. */
const walk = async (browser: Browser, url: string, cookie: Awaited<ReturnType<typeof cookieOf>>, path: string) => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' })
  await context.addCookies([cookie])
  const page = await context.newPage()
  const notes = await probe(page)
  await page.goto(`${url}${path}/account`)
  await page.getByRole('heading', { name: 'My account' }).waitFor()
  await page.waitForLoadState('networkidle')
  // The code of the screen is loaded once, as in a window that has been open for a while.
  await page.getByRole('link', { name: 'Keys', exact: true }).click()
  await page.locator('tbody tr').first().waitFor()
  await page.waitForLoadState('networkidle')
  await page.getByRole('link', { name: 'Policies', exact: true }).click()
  await page.waitForLoadState('networkidle')
  const samples = new Map<string, Sample>()
  for (const { name, act } of STEPS) {
    await notes.take()
    notes.takeRequests('')
    await act(page)
    await page.waitForLoadState('networkidle')
    await page.waitForTimeout(SETTLING_MS)
    if (name !== '') samples.set(name, { ...(await notes.take()), server: notes.takeRequests('KeyList') })
  }
  await context.close()
  return samples
}

const cleanup = new Cleanup()
const context: RowContext = {
  cleanup,
  pace: { rounds: ROUNDS, seconds: 1, warmUpWindows: 1, repeats: 0 },
  metric: 'elapsed',
  quick: false,
  profileFlags: () => [],
  say: (line) => console.log(line),
}
const set = await dataSet(context, `${KEYS}-keys-of-the-console`, fill)
if (!process.argv.includes('--keep')) cleanup.defer(() => rmSync(set.directory, { recursive: true, force: true }))
try {
  heading(`The console with ${KEYS.toLocaleString('en')} keys in an organization`, 'sqlite')
  const { url } = await startExisting(context, set.directory)
  const cookie = await cookieOf(url, set.secret)
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  cleanup.defer(() => browser.close())
  const walks: ReadonlyMap<string, Sample>[] = []
  for (let round = 0; round < ROUNDS; round += 1)
    walks.push(await walk(browser, url, cookie, `/console/${set.organizationId}`))
  const rows = STEPS.filter(({ name }) => name !== '').map(({ name, kind }) => {
    const samples = walks.flatMap((one) => one.get(name) ?? [])
    const of = (value: (sample: Sample) => number | null): number | null => {
      const values = samples.map(value).filter((one) => one !== null)
      return values.length === 0 ? null : median(values)
    }
    const text = (value: number | null) => (value === null ? '' : milliseconds(value))
    const shown = kind === 'interaction' ? null : of(({ shownMs }) => shownMs)
    const server = shown === null ? null : of(({ server }) => server.slowestMs)
    const interaction = of(({ interactionMs }) => interactionMs)
    const total = kind === 'interaction' ? interaction : shown
    const isKept = (total ?? 0) <= GOALS[kind] && (interaction ?? 0) <= GOALS.interaction
    return [
      name,
      text(shown),
      text(server),
      text(shown === null || server === null ? null : shown - server),
      text(interaction),
      text(of(({ longestTaskMs }) => longestTaskMs)),
      `${GOALS[kind]} ms${isKept ? '' : ' (missed)'}`,
    ]
  })
  printTable(['', 'rows shown', 'server', 'browser', 'interaction', 'longest task', 'goal'], rows)
} finally {
  await cleanup.run()
}
