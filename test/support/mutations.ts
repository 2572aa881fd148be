/** Random numbers that are the same each time: a failing request can be sent again. */
export class Random {
  private state: number

  constructor(seed: number) {
    this.state = seed >>> 0
  }

  /** mulberry32: from 0 to 1, without 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let t = this.state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  below(count: number): number {
    return Math.floor(this.next() * count)
  }

  chance(share: number): boolean {
    return this.next() < share
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)]
    if (item === undefined) throw new Error('There is nothing to pick from.')
    return item
  }
}

const deep = (levels: number): unknown => {
  let value: unknown = 1
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

const SCRAPS = [
  '\0',
  '\u202e',
  '🏃',
  '\ud800',
  'é',
  '%00',
  '%',
  '&',
  '=',
  '"',
  '\\',
  "'",
  '{',
  '}',
  '[',
  '..',
  '\n',
  ';',
]
const STRANGE: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  -(2 ** 63),
  1e308,
  '',
  ' ',
  '\0',
  '\ud800',
  'null',
  '9'.repeat(400),
  'a'.repeat(5_000),
  'kt_ak_',
  'key_00000000000040008000000000000000',
  '2026-02-30T25:61:00Z',
  '+275760-09-13T00:00:00.001Z',
  'P99999999999D',
  "' OR 1=1 --",
  '__proto__',
  [],
  {},
  [[]],
  [null],
  { __proto__: null, constructor: 1 },
  deep(100),
]
const KEYS = ['__proto__', 'constructor', 'toString', '', '\0', 'id', 'input', 'first', 'length']

/** Changes a text: a few characters or whole pieces of it. */
export const mutateText = (text: string, random: Random): string => {
  const at = random.below(text.length + 1)
  const length = 1 + random.below(20)
  switch (random.below(7)) {
    case 0:
      return text.slice(0, at)
    case 1:
      return text.slice(0, at) + random.pick(SCRAPS) + text.slice(at)
    case 2:
      return text.slice(0, at) + text.slice(at + length)
    case 3:
      return text.slice(0, at) + text.slice(at, at + length).repeat(2 + random.below(50)) + text.slice(at + length)
    case 4:
      return text.slice(0, at) + String.fromCharCode(random.below(256)) + text.slice(at + 1)
    case 5:
      return (
        text.slice(0, at) +
        random.pick(['{', '[', '(', '"', '{a:', '...']).repeat(1 + random.below(300)) +
        text.slice(at)
      )
    default:
      return text.slice(at) + text.slice(0, at)
  }
}

/** Changes one thing in a JSON value, anywhere in it. */
export const mutateValue = (value: unknown, random: Random): unknown => {
  if (typeof value !== 'object' || value === null || random.chance(0.15))
    return typeof value === 'string' && random.chance(0.5) ? mutateText(value, random) : random.pick(STRANGE)
  const entries = Object.entries(value)
  if (entries.length === 0) return random.pick(STRANGE)
  const index = random.below(entries.length)
  const [key, inner] = entries[index] ?? ['', null]
  if (Array.isArray(value)) {
    if (random.chance(0.2)) return Array.from({ length: 200 }, () => inner)
    return value.map((item, place) => (place === index ? mutateValue(item, random) : item))
  }
  const changed = new Map(entries)
  const way = random.below(10)
  if (way === 0) changed.delete(key)
  else if (way === 1) changed.set(random.pick(KEYS), inner)
  else changed.set(key, mutateValue(inner, random))
  return Object.fromEntries(changed)
}

/** Changes the fields of a form: their number, their names, their values. */
export const mutateForm = (fields: readonly (readonly [string, string])[], random: Random): string => {
  const changed = fields.map(([name, value]) => [name, value] as [string, string])
  for (let times = random.below(3); times >= 0; times -= 1) {
    const field = random.pick(changed.length === 0 ? [['a', 'b'] as [string, string]] : changed)
    const way = random.below(6)
    if (way === 0) changed.splice(changed.indexOf(field), 1)
    else if (way === 1) changed.push([...field])
    else if (way === 2) field[0] = random.chance(0.3) ? random.pick(KEYS) : mutateText(field[0], random)
    else if (way === 3) field[1] = String(random.pick(STRANGE.filter((one) => typeof one !== 'object')))
    else field[1] = mutateText(field[1], random)
  }
  const body = new URLSearchParams(
    changed.map(([name, value]) => [name.toWellFormed(), value.toWellFormed()]),
  ).toString()
  return random.chance(0.1) ? mutateText(body, random) : body
}

const HEADERS: Readonly<Record<string, readonly string[]>> = {
  'content-type': [
    'application/json',
    'application/json; charset=utf-16',
    'application/x-www-form-urlencoded',
    'text/plain',
    'multipart/form-data; boundary=a',
    'application/json;;',
    '',
    '*/*',
  ],
  accept: ['text/html', 'text/event-stream', '*/*', 'application/graphql-response+json', 'nothing', ',;q=9'],
  'content-encoding': ['gzip', 'br', 'identity'],
  expect: ['200-ok'],
  origin: ['null', 'https://evil.example', 'not an origin'],
  'x-request-id': ['a'.repeat(300), '../..', 'sane'],
  'x-forwarded-for': ['1.2.3.4', '999.1.1.1', ','],
  host: ['evil.example', '[', 'a:99999'],
  'user-agent': ['', '\u00ff'.repeat(1_000)],
  'accept-encoding': ['gzip;q=x'],
  cookie: ['a=b; '.repeat(50)],
  range: ['bytes=0-'],
  'if-none-match': ['*'],
}

/** Changes the headers of a request: one is added, replaced, spoilt or left out. */
export const mutateHeaders = (headers: Readonly<Record<string, string>>, random: Random): Record<string, string> => {
  const changed = { ...headers }
  const name = random.pick([...Object.keys(HEADERS), 'authorization', 'authorization'])
  if (name !== 'authorization') {
    changed[name] = random.pick(HEADERS[name] ?? [''])
    return changed
  }
  const given = headers.authorization ?? 'Bearer x'
  changed.authorization = random.pick([
    '',
    'Bearer',
    `Basic ${Buffer.from(mutateText('key_1:secret', random)).toString('base64')}`,
    `bearer   ${given.slice(7)}`,
    // A client sends no control characters in a header.
    mutateText(given, random).replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?'),
  ])
  return changed
}
