import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync('src/console/ui/tokens.css', 'utf8')

/** The colours of the rule that begins with this text. */
const coloursOf = (rule: string): Map<string, string> => {
  const start = css.indexOf(rule)
  const body = css.slice(start, css.indexOf('}', start))
  return new Map(
    [...body.matchAll(/--([a-z-]+):\s*(#[0-9a-f]{6});/g)].map(([, name, value]) => [`${name}`, `${value}`]),
  )
}

/** Relative luminance, WCAG 2.2. */
const luminance = (colour: string): number => {
  const [red, green, blue] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0)
}

const contrast = (a: string, b: string): number => {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05)
}

const TEXT_PAIRS = [
  ...['text', 'text-muted', 'accent-text', 'danger-text', 'good-text', 'warn-text'].flatMap((text) =>
    ['canvas', 'surface', 'surface-sunken', 'surface-hover'].map((ground) => [text, ground] as const),
  ),
  ...['accent', 'danger', 'good', 'warn'].map((tone) => [`${tone}-text`, `${tone}-soft`] as const),
  ...['text', 'text-muted', 'accent-text'].map((text) => [text, 'accent-soft'] as const),
  ...['accent', 'accent-hover', 'danger', 'danger-hover'].map((ground) => ['text-on-solid', ground] as const),
  ['code-text', 'code-surface'] as const,
  ['code-muted', 'code-surface'] as const,
]
const CONTROL_PAIRS = [
  ['line-strong', 'surface'],
  ['line-strong', 'canvas'],
  ['accent', 'surface'],
  ['accent', 'canvas'],
  ['good-solid', 'surface'],
  ['warn-solid', 'surface'],
] as const

describe.each([
  ['light', ':root {'],
  ['dark', ':root[data-theme="dark"] {'],
])('the %s theme', (_, rule) => {
  const colours = new Map([...coloursOf(':root {'), ...coloursOf(rule)])
  const contrastOf = (a: string, b: string): number => contrast(colours.get(a) ?? '', colours.get(b) ?? '')

  it.each(TEXT_PAIRS)('shows %s on %s with at least 4.5 to 1', (text, ground) => {
    expect(contrastOf(text, ground)).toBeGreaterThanOrEqual(4.5)
  })

  it.each(CONTROL_PAIRS)('shows the edge %s on %s with at least 3 to 1', (edge, ground) => {
    expect(contrastOf(edge, ground)).toBeGreaterThanOrEqual(3)
  })
})

it("the dark theme is the same by choice and by the system's preference", () => {
  const byPreference = coloursOf(':root:not([data-theme="light"]) {')
  expect(byPreference.size).toBeGreaterThan(20)
  expect(byPreference).toEqual(coloursOf(':root[data-theme="dark"] {'))
})
