/** A metric that an expression of PromQL reads, and every label that it is filtered or grouped by. */
export interface UsedMetric {
  readonly name: string
  readonly labels: readonly string[]
}

const WORDS = ['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan']
const GROUPINGS = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g
const namesIn = (list: string): string[] => list.match(/\w+/g) ?? []

/** The metrics of an expression. It knows as much of the language as selectors, functions and groupings are. */
export const metricsIn = (expression: string): UsedMetric[] => {
  const grouped = [...expression.matchAll(GROUPINGS)]
    .flatMap(([, list = '']) => namesIn(list))
    .filter((l) => l !== 'le')
  const plain = expression.replaceAll(GROUPINGS, ' ').replaceAll(/\[[^\]]*\]/g, ' ')
  const used: UsedMetric[] = []
  for (const [, name = '', matchers] of plain.matchAll(
    /(?<![\w"$.])([a-zA-Z_:][\w:]*)\s*(\{[^}]*\})?(?!\s*\()(?![\w:])/g,
  )) {
    if (WORDS.includes(name.toLowerCase()) && matchers === undefined) continue
    const filtered = [...(matchers ?? '').matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"(?:[^"\\]|\\.)*"/g)].map(
      ([, l = '']) => l,
    )
    used.push({ name, labels: [...filtered, ...grouped] })
  }
  return used
}

/** Every expression of the panels of a dashboard of Grafana. */
export const expressionsOfPanels = (json: string): string[] => {
  const found: string[] = []
  JSON.parse(json, (key, value) => {
    if (key === 'expr' && typeof value === 'string') found.push(value)
    return value
  })
  return found
}

/** The metrics whose labels the variables of a dashboard of Grafana are chosen from. */
export const metricsOfVariables = (json: string): string[] =>
  [...json.matchAll(/"label_values\((\w+),/g)].map(([, metric = '']) => metric)

/** Every expression of a file of alert rules, each on a line of its own. */
export const expressionsOfRules = (yaml: string): string[] =>
  [...yaml.matchAll(/^ +expr: (.+)$/gm)].map(([, expression = '']) => expression)
