import { describe, expect, it } from 'vitest'
import { displayWidth, truncate } from '../../src/cli/terminal/display-width.ts'
import type { Paint } from '../../src/cli/terminal/style.ts'
import { type Column, layoutTable } from '../../src/cli/terminal/table.ts'

interface Row {
  readonly id: string
  readonly name: string
  readonly note: string
}

const COLUMNS: Column<Row>[] = [
  { title: 'ID', text: ({ id }) => id },
  { title: 'NAME', text: ({ name }) => name, narrowest: 4 },
  { title: 'NOTE', text: ({ note }) => note, narrowest: 6, rank: 1, style: () => 'red' },
]
const ROWS: Row[] = [
  { id: 'key_1', name: 'nightly deploy', note: 'of the production cluster' },
  { id: 'key_22', name: '鍵と鍵穴の管理', note: '' },
]
const plain: Paint = (_, text) => text
const marked: Paint = (style, text) => `<${style}>${text}</${style}>`

describe('a table', () => {
  it('gives each column the width of its widest cell, measured in terminal columns', () => {
    expect(layoutTable(COLUMNS, ROWS, Number.POSITIVE_INFINITY, plain)).toEqual([
      'ID      NAME            NOTE',
      'key_1   nightly deploy  of the production cluster',
      'key_22  鍵と鍵穴の管理',
    ])
  })

  it.each([80, 49, 40, 30, 26, 20, 14])('of %i columns has no wider line', (width) => {
    const lines = layoutTable(COLUMNS, ROWS, width, plain)
    for (const line of lines) expect(displayWidth(line), line).toBeLessThanOrEqual(width)
    expect(lines.join('\n')).toContain('key_22')
  })

  it('narrows columns first, then omits columns, and finally prints a line per column', () => {
    expect(layoutTable(COLUMNS, ROWS, 30, plain)).toEqual([
      'ID      NAME        NOTE',
      'key_1   nightly d…  of the pr…',
      'key_22  鍵と鍵穴…',
    ])
    expect(layoutTable(COLUMNS, ROWS, 18, plain)[1]).toBe('key_1   nightly d…')
    expect(layoutTable(COLUMNS, ROWS, 11, plain).slice(0, 4)).toEqual(['key_1', 'NAME  nigh…', 'NOTE  of t…', ''])
  })

  it('measures text without its styles', () => {
    const [, line] = layoutTable([...COLUMNS].reverse(), ROWS, 26, marked)
    expect(line).toMatch(/^<red>.+…<\/red> {2}nightly?.*… {2}key_1$/)
  })

  it('escapes untrusted text', () => {
    const rows = [{ id: 'key_1', name: '\u001b[2Jgone\u202Eelif', note: 'a\nb' }]
    expect(layoutTable(COLUMNS, rows, Number.POSITIVE_INFINITY, plain)[1]).toBe(
      'key_1  \\u{1b}[2Jgone\\u{202e}elif  a b',
    )
  })
})

describe('the width of a text', () => {
  it.each([
    ['plain', 5],
    ['', 0],
    ['e\u0301', 1],
    ['鍵', 2],
    ['👍🏽', 2],
    ['ｆ', 2],
  ])('%j takes %i columns', (text, width) => {
    expect(displayWidth(text)).toBe(width)
  })

  it('cuts between graphemes, never within one', () => {
    expect(truncate('鍵鍵鍵', 5)).toBe('鍵鍵…')
    expect(truncate('鍵鍵鍵', 4)).toBe('鍵…')
    expect(truncate('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301…')
    expect(truncate('abc', 3)).toBe('abc')
  })
})
