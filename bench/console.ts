// The console's list of keys in an organization with 100,000 of them, in a browser. npm run bench:console [-- --keep]

import { rmSync } from 'node:fs'
import { loadavg } from 'node:os'
import { type Browser, chromium } from 'playwright-core'
import { CHROMIUM } from '../test/support/chromium.ts'
import { dataSet, type Filling, idSql, instantSql, multiply } from './harness/datasets.ts'
import { startExisting } from './harness/keyturn.ts'
import { Cleanup, type RowContext } from './harness/row.ts'
import { median } from './harness/statistics.ts'
import { heading, milliseconds, printTable } from './support/bench.ts'
import { GOALS, STEPS } from './support/console-steps.ts'
import { type Noted, probe, type Requests } from './support/page-probe.ts'

const KEYS = 100_000
const ROUNDS = 5
const LARGEST_PAINT_MS = 1_000
const FLAGS = ['--disable-gpu', '--disable-dev-shm-usage', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1']
/** The least time of a step: its last frame, and the wait of the search field for more text. */
const SETTLING_MS = 600

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

type Sample = Noted & { readonly server: Requests }

const cookieOf = async (url: string, secret: string) => {
  const headers = { 'content-type': 'application/json', 'x-keyturn-console': '1', origin: url }
  const response = await fetch(`${url}/session`, { method: 'POST', headers, body: JSON.stringify({ secret }) })
  const [name = '', value = ''] = (response.headers.get('set-cookie') ?? '').split(';')[0]?.split('=') ?? []
  if (value === '') throw new Error(`The sign-in was answered with ${response.status}.`)
  return { name, value, url, httpOnly: true, sameSite: 'Strict' as const }
}

type Cookie = Awaited<ReturnType<typeof cookieOf>>

const openWindow = async (browser: Browser, cookie: Cookie) => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' })
  await context.addCookies([cookie])
  const page = await context.newPage()
  return { page, notes: await probe(page), close: () => context.close() }
}

/** Opens the list by its address, in a browser that has loaded nothing before. */
const load = async (browser: Browser, cookie: Cookie, address: string): Promise<Sample> => {
  const { page, notes, close } = await openWindow(browser, cookie)
  await page.goto(address)
  await page.locator('tbody tr').first().waitFor()
  await page.waitForTimeout(SETTLING_MS)
  const sample = { ...(await notes.take()), server: notes.takeRequests('KeyList') }
  await close()
  return sample
}

/** One walk through all steps, in a browser window of its own. */
const walk = async (browser: Browser, cookie: Cookie, address: string) => {
  const { page, notes, close } = await openWindow(browser, cookie)
  await page.goto(address)
  await page.getByRole('heading', { name: 'My account' }).waitFor()
  // What is loaded a second after the connection belongs to no step.
  await notes.settle(2 * SETTLING_MS)
  const samples = new Map<string, Sample>()
  for (const { name, shows, act } of STEPS) {
    await notes.take()
    notes.takeRequests('')
    if (shows !== undefined) await notes.watchFor(shows)
    await act(page)
    await notes.settle(SETTLING_MS)
    if (name !== '') samples.set(name, { ...(await notes.take()), server: notes.takeRequests('KeyList') })
  }
  await close()
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
  const list = `${url}/console/${set.organizationId}/keys`
  const walks: ReadonlyMap<string, Sample>[] = []
  const loads: Sample[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    loads.push(await load(browser, cookie, list))
    walks.push(await walk(browser, cookie, list.replace(/keys$/, 'account')))
  }
  const rows = STEPS.filter(({ name }) => name !== '').map(({ name, kind }) => {
    const samples = walks.flatMap((one) => one.get(name) ?? [])
    const of = (value: (sample: Sample) => number) => median(samples.map(value))
    const interaction = of(({ interactionMs }) => interactionMs)
    const shown = of(({ shownMs }) => shownMs ?? Number.NaN)
    const server = of(({ server }) => server.slowestMs)
    // Where nothing was shown, the step is at fault.
    const isKept = shown <= GOALS[kind] && interaction <= GOALS.interaction
    const text = (value: number) => (Number.isNaN(value) ? '' : milliseconds(value))
    return [
      name,
      text(shown),
      ...(kind === 'interaction' ? ['', ''] : [text(server), text(shown - server)]),
      text(interaction),
      text(of(({ longestTaskMs }) => longestTaskMs)),
      `${GOALS[kind]} ms${isKept ? '' : ' (missed)'}`,
    ]
  })
  printTable(['', 'shown', 'server', 'browser', 'interaction', 'longest task', 'goal'], rows)
  const shown = median(loads.map(({ shownMs }) => shownMs ?? Number.NaN))
  const paint = median(loads.map(({ largestPaintMs }) => largestPaintMs))
  console.log(
    `\nOpened by its address in a new browser: list shown ${milliseconds(shown)}, largest contentful paint ` +
      `${milliseconds(paint)} (goal ${LARGEST_PAINT_MS} ms${paint <= LARGEST_PAINT_MS ? '' : ', missed'}).`,
  )
  console.log(`Load of the machine at the end: ${loadavg()[0]?.toFixed(1)}.`)
} finally {
  await cleanup.run()
}
