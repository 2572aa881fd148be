import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputIssues } from '../../src/kernel/errors.ts'
import { checkDescription, checkEmail, checkName, checkSlug, slugOf } from '../../src/kernel/text.ts'
import { anyText } from '../support/any-text.ts'

const issuesOf = (check: (issues: InputIssues) => unknown) => {
  const issues = new InputIssues()
  const value = check(issues)
  let paths: string[] = []
  try {
    issues.throwIfAny()
  } catch (error) {
    paths = (error as { fields: { issues: { path: string }[] } }).fields.issues.map(({ path }) => path)
  }
  return { value, paths }
}
const nameOf = (text: string) => issuesOf((issues) => checkName(issues, 'name', text))
const descriptionOf = (text: string | null | undefined) => issuesOf((issues) => checkDescription(issues, 'text', text))

describe('a name', () => {
  it.each([
    ['ci', 'ci'],
    ['  ci\t', 'ci'],
    ['a'.repeat(100), 'a'.repeat(100)],
    // A character is what a reader counts as one, not one of the units of its encoding.
    ['\u{1f511}'.repeat(100), '\u{1f511}'.repeat(100)],
    ['e\u0301', '\u00e9'],
    ["Robert'); DROP TABLE keys;--", "Robert'); DROP TABLE keys;--"],
    ['%_\\', '%_\\'],
  ])('%j is stored as %j', (text, kept) => {
    expect(nameOf(text)).toEqual({ value: kept, paths: [] })
  })

  it.each([
    ['nothing', ''],
    ['blank', ' \t\n'],
    ['101 characters', 'a'.repeat(101)],
    ['101 characters of two units', '\u{1f511}'.repeat(101)],
    ['a NUL', 'a\u0000b'],
    ['a line break', 'a\nb'],
    ['an escape', 'a\u001b[31mb'],
    ['a mark that turns text around', 'a\u202eb'],
    ['a space without width', 'a\u200bb'],
    ['a line separator', 'a\u2028b'],
    ['half a character', 'a\ud800b'],
  ])('is rejected: %s', (_, text) => {
    expect(nameOf(text).paths).toContain('name')
  })

  it('that was accepted is accepted unchanged', () => {
    fc.assert(
      fc.property(anyText(120), (text) => {
        const first = nameOf(text)
        if (first.paths.length === 0) expect(nameOf(first.value as string)).toEqual(first)
      }),
    )
  })
})

describe('a description', () => {
  it.each([
    [undefined, null],
    [null, null],
    ['', null],
    [' \n ', null],
    ['two\nlines\tand a tab', 'two\nlines\tand a tab'],
    ['d'.repeat(1_000), 'd'.repeat(1_000)],
    ['\u{1f511}'.repeat(1_000), '\u{1f511}'.repeat(1_000)],
  ])('%j is stored as %j', (text, kept) => {
    expect(descriptionOf(text)).toEqual({ value: kept, paths: [] })
  })

  it.each([
    ['1,001 characters', 'd'.repeat(1_001)],
    ['a NUL', 'a\u0000b'],
    ['an escape', 'a\u001bb'],
    ['a mark that turns text around', 'a\u202eb'],
    ['half a character', 'a\udc00b'],
  ])('is rejected: %s', (_, text) => {
    expect(descriptionOf(text).paths).toContain('text')
  })
})

describe('a slug', () => {
  it.each(['a', 'a-b', '0', 'a'.repeat(100)])('%s is accepted', (slug) => {
    expect(issuesOf((issues) => checkSlug(issues, 'slug', slug))).toEqual({ value: slug, paths: [] })
  })

  it.each(['', '-a', 'a-', 'A', 'a b', 'a_b', '\u00e9', 'a'.repeat(101), 'a\n'])('%j is rejected', (slug) => {
    expect(issuesOf((issues) => checkSlug(issues, 'slug', slug)).paths).toEqual(['slug'])
  })

  it('derived from any name is valid', () => {
    fc.assert(
      fc.property(anyText(120), (name) => {
        const slug = slugOf(name, 'organization')
        expect(issuesOf((issues) => checkSlug(issues, 'slug', slug)).paths).toEqual([])
      }),
    )
    expect(['Caf\u00e9 Noir!', '\u5317\u4eac', '-- a --'].map((name) => slugOf(name, 'none'))).toEqual([
      'cafe-noir',
      'none',
      'a',
    ])
  })
})

describe('an e-mail address', () => {
  it('is stored in lower case, without surrounding white space', () => {
    expect(issuesOf((issues) => checkEmail(issues, 'email', ' Ada.Byron@Example.COM '))).toEqual({
      value: 'ada.byron@example.com',
      paths: [],
    })
  })

  it.each([
    '',
    'ada',
    'ada@',
    '@example.com',
    'a@b@c',
    'a b@c',
    'a@b\u0000',
    '<a@b>',
    `${'a'.repeat(65)}@b`,
    'a\u202e@b',
  ])('%j is rejected', (text) => {
    expect(issuesOf((issues) => checkEmail(issues, 'email', text)).paths).toEqual(['email'])
  })
})
