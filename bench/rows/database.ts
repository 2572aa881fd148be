import { type Filling, dataSet, idSql, instantSql, multiply } from '../harness/datasets.ts'
import { type Contestant, measure, speedOf } from '../harness/rounds.ts'
import type { Figure, Row, RowContext } from '../harness/row.ts'
import { median, ratiosByRound } from '../harness/statistics.ts'
import { startWorks } from '../harness/work-contestant.ts'

const WITHIN = 1.5
/** One call takes about a millisecond, and there are many pairs to compare. */
const WINDOW_SECONDS = 0.5
const FEW_KEYS = 10_000
const DUE = 500
const BATCH = 100
/** The oldest page begins behind the events of the first start. */
const DEPTHS = ['newest', 'in the middle', 'oldest']
const KEY_PAGES = [
  'no filter',
  'active keys',
  'expiring soon',
  'created in a time',
  'keys of a role',
  'a search',
] as const

const YEAR_SECONDS = 31_536_000

/** Some time of the next year, in no order. */
const SOME_TIME = `3600 + (n * 7919) % ${YEAR_SECONDS}`

const keyColumns = (dueAt: string): Readonly<Record<string, string>> => ({
  id: idSql('key'),
  name: "'key ' || n",
  active_name: "'key ' || n",
  search_text: "'key ' || n",
  created_at: instantSql('-n'),
  lifetime_from: instantSql('-n'),
  expires_at: instantSql(`${SOME_TIME} + 86400`),
  due_at: dueAt,
})

const roles = [
  '[{"module":"keys","role":"VIEWER"}]',
  '[{"module":"keys","role":"OPERATOR"},{"module":"tokens","role":"VIEWER"}]',
  '[{"module":"audit","role":"VIEWER"}]',
]
const GRANTS = `CASE n % 3 ${roles.map((role, index) => `WHEN ${index} THEN '${role}'`).join(' ')} END`

/** Keys of one organization, of which the sweeper has nothing to do. */
const fillKeys = (count: number) => (filling: Filling) =>
  multiply(filling, 'keys', "kind = 'API_KEY'", count, { ...keyColumns('NULL'), grants: GRANTS })

const TOKEN_DETAILS = `'{"kind":"API_KEY","tokenId":"' || lower(hex(randomblob(16))) || '","scope":"keys:viewer",' ||
  '"audience":"http://127.0.0.1:4000","organizationId":"' || template.organization_id || '","expiresAt":"2027-05-26T20:49:26.007Z"}'`

const fillEvents = (count: number) => async (filling: Filling) => {
  const [head] = await filling.all<{ readonly sequence: number }>('SELECT MAX(sequence) AS sequence FROM audit_events')
  const first = head?.sequence ?? 0
  await multiply(filling, 'audit_events', "type = 'KEY_CREATED'", count, {
    sequence: `n + ${first}`,
    id: idSql('evt'),
    type: "CASE n % 5 WHEN 0 THEN 'KEY_CREATED' WHEN 1 THEN 'KEY_SUSPENDED' ELSE 'TOKEN_ISSUED' END",
    details: `CASE n % 5 WHEN 0 THEN template.details WHEN 1 THEN '{"kind":"API_KEY"}' ELSE ${TOKEN_DETAILS} END`,
    occurred_at: instantSql(`n - ${count}`),
    target_id: `'key_' || printf('%012x', n % 1000) || '40008000000000000000'`,
    hash: 'lower(hex(randomblob(32)))',
    previous_hash: 'lower(hex(randomblob(32)))',
  })
  await filling.run(
    `UPDATE audit_heads SET (sequence, hash, occurred_at) =
       (SELECT sequence, hash, occurred_at FROM audit_events WHERE sequence = ${first + count})
     WHERE organization_id = (SELECT organization_id FROM audit_events WHERE sequence = ${first + count})`,
  )
}

/** Of the due keys, and those that are due some time. No index but that on the due time is read. */
const fillDue = (count: number) => (filling: Filling) =>
  multiply(
    filling,
    'keys',
    "kind = 'API_KEY'",
    count,
    keyColumns(
      `CASE WHEN n <= ${DUE} THEN ${instantSql('-n')} WHEN n % 10 = 0 THEN NULL ELSE ${instantSql(SOME_TIME)} END`,
    ),
    (name) => name === 'keys_due',
  )

/** How much longer a work takes than another one, in the median of the rounds. */
const timesLonger = async (context: RowContext, work: Contestant, other: Contestant): Promise<number> => {
  const { pace, metric, say } = context
  const { rounds } = await measure([work, other], { ...pace, seconds: WINDOW_SECONDS }, metric, say)
  const speeds = [...rounds.values()].map((samples) => samples.map((sample) => speedOf(sample, metric)))
  return median(ratiosByRound(speeds[1] ?? [], speeds[0] ?? []))
}

const measurePages = async (
  context: RowContext,
  what: 'keys' | 'events',
  count: number,
  works: readonly string[],
): Promise<readonly Figure[]> => {
  const set = await dataSet(context, `${count}-${what}`, what === 'keys' ? fillKeys(count) : fillEvents(count))
  const contestant = await startWorks(context, 'pages.mjs', { ...set, what, events: count })
  const figures: Figure[] = []
  for (const work of works) {
    const value = await timesLonger(context, contestant(work, work), contestant('raw', `raw: ${work}`))
    figures.push({ name: `${work}: of the same SQL by the raw driver`, value, unit: 'times', atMost: WITHIN })
  }
  if (what === 'keys') return figures
  for (const depth of works.slice(1)) {
    const value = await timesLonger(context, contestant(depth, depth), contestant('newest', 'newest'))
    figures.push({ name: `${depth}: of the newest page`, value, unit: 'times', atMost: WITHIN })
  }
  return figures
}

const million = ({ quick }: RowContext): number => (quick ? 50_000 : 1_000_000)

export const DATABASE_ROWS: readonly Row[] = [
  {
    kind: 'figures',
    id: 'keys-first-page',
    long: true,
    title: 'first 50 of 1,000,000 keys',
    measure: (context) => measurePages(context, 'keys', million(context), KEY_PAGES),
  },
  {
    kind: 'figures',
    id: 'events-page',
    long: true,
    title: '50 of 1,000,000 events at any depth',
    measure: (context) => measurePages(context, 'events', million(context), DEPTHS),
  },
  {
    kind: 'ratio',
    id: 'due-warnings',
    long: true,
    title: `take ${BATCH} due keys of 10,000,000`,
    goals: [{ peer: '10,000 keys', atLeast: 0.5 }],
    open: async (context) => {
      const open = async (name: string, count: number) => {
        const { directory } = await dataSet(context, `${count}-due`, fillDue(count))
        const contestant = await startWorks(context, 'due-keys.mjs', { directory, batch: BATCH })
        return contestant(name, 'take')
      }
      const many = context.quick ? 100_000 : 10_000_000
      return [await open(`${many.toLocaleString('en-US')} keys`, many), await open('10,000 keys', FEW_KEYS)]
    },
  },
]
