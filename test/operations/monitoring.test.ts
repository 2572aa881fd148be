import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { useApp } from '../support/boot.ts'
import {
  expressionsOfPanels,
  expressionsOfRules,
  metricsIn,
  metricsOfVariables,
  type UsedMetric,
} from '../support/promql.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const read = (name: string) => readFileSync(join(ROOT, name), 'utf8')
const DASHBOARD = read('examples/operations/keyturn-dashboard.json')
const PANELS = expressionsOfPanels(DASHBOARD)
const RULES = expressionsOfRules(read('examples/operations/keyturn-alerts.yml'))

/** Labels that Prometheus adds. */
const ADDED = ['instance', 'job']

interface Family {
  readonly type: string
  readonly labels: Set<string>
}

/** The name of the histogram where it is a series of one. */
const baseOf = (series: string): string => series.replace(/_(?:bucket|sum|count)$/, '')

/** The metrics that a server shows, with the names of their labels. */
const familiesOf = (text: string): Map<string, Family> => {
  const families = new Map<string, Family>()
  for (const [, name = '', type = ''] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm))
    families.set(name, { type, labels: new Set() })
  for (const [, series = '', labels = ''] of text.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm))
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g))
      for (const name of [series, baseOf(series)]) families.get(name)?.labels.add(label)
  return families
}

describe('the dashboard and the alert rules', () => {
  const app = useApp()
  let text: string
  let families: Map<string, Family>
  beforeAll(async () => {
    await app.apiKey()
    text = await (await fetch(`${app.url}/metrics`)).text()
    families = familiesOf(text)
    // Counters of what has not happened have no series yet: their labels are those that the documentation names.
    for (const [, name = '', labels = ''] of read('docs/metrics.md').matchAll(
      /^\| `(keyturn_\w+)` +\| \w+ +\|([^|]*)\|/gm,
    ))
      for (const [, label = ''] of labels.matchAll(/`(\w+)`/g)) families.get(name)?.labels.add(label)
  })

  /** Without those of the process, which are more than a dashboard needs. */
  const ownMetrics = () => [...families.keys()].filter((name) => name.startsWith('keyturn_'))

  const faultsOf = ({ name, labels }: UsedMetric): string[] => {
    const base = baseOf(name)
    const family = families.get(name) ?? (families.get(base)?.type === 'histogram' ? families.get(base) : undefined)
    if (family === undefined) return [`there is no metric ${name}`]
    if (family.type === 'histogram' && name === base) return [`${name} is a histogram: it has _bucket, _sum and _count`]
    return labels
      .filter((label) => !ADDED.includes(label) && !family.labels.has(label))
      .map((label) => `${name} has no label ${label}`)
  }

  it.each([...PANELS, ...metricsOfVariables(DASHBOARD), ...RULES])('read what a server shows: %s', (expression) => {
    const used = metricsIn(expression)
    expect(used.length).toBeGreaterThan(0)
    expect(used.flatMap(faultsOf)).toEqual([])
  })

  it('would detect a metric or a label that does not exist', () => {
    const faults = (expression: string) => metricsIn(expression).flatMap(faultsOf)
    expect(faults('sum by (status) (rate(keyturn_http_request_total[5m]))')).toEqual([
      'there is no metric keyturn_http_request_total',
    ])
    expect(faults('sum by (state) (rate(keyturn_http_requests_total{code=~"5.."}[5m]))')).toEqual([
      'keyturn_http_requests_total has no label code',
      'keyturn_http_requests_total has no label state',
    ])
    expect(faults('keyturn_audit_append_events > 1')).toEqual([
      'keyturn_audit_append_events is a histogram: it has _bucket, _sum and _count',
    ])
  })

  it('are of every metric of a panel or a rule that is documented, and every metric is documented', () => {
    const documented = [...read('docs/metrics.md').matchAll(/^\| `(keyturn_\w+)`/gm)].map(([, name]) => name)
    expect(documented.sort()).toEqual(ownMetrics().sort())
  })

  it('leave no metric of the service without a panel', () => {
    const used = new Set(PANELS.flatMap(metricsIn).flatMap(({ name }) => [name, baseOf(name)]))
    expect(ownMetrics().filter((name) => !used.has(name))).toEqual([])
  })

  const increases = RULES.flatMap((expression) => [
    ...expression.matchAll(/increase\((?<name>\w+)(?:\{(?<labels>[^}]*)\})?\[/g),
  ]).map(({ groups }) => ({ name: groups?.name ?? '', labels: groups?.labels ?? '' }))

  // Prometheus sees no increase where a series begins with the first count.
  it.each(increases)('notice the first count: $name{$labels} is there before it', ({ name, labels }) => {
    const series = text.split('\n').filter((line) => line.startsWith(name) && line.includes(labels))
    expect(series.length).toBeGreaterThan(0)
  })
})
