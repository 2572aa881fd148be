import type { InputIssues } from './errors.ts'

const LONGEST_NAME = 100
const LONGEST_DESCRIPTION = 1_000

// Control characters and invisible marks can reorder, hide or break text, so that a name imitates another.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u
const INVISIBLE_EXCEPT_WHITESPACE = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/** Normalizes a name for storage: trimmed, NFC, one line, 1 to `longest` characters. Adds an issue if it is invalid. */
export const checkName = (issues: InputIssues, path: string, value: string, longest = LONGEST_NAME): string => {
  const name = value.normalize('NFC').trim()
  if (name === '') issues.add(path, 'must not be empty')
  else if ([...name].length > longest) issues.add(path, `must have at most ${longest} characters`)
  if (INVISIBLE.test(name)) issues.add(path, 'must not contain control characters or invisible marks')
  if (!name.isWellFormed()) issues.add(path, 'must be well-formed Unicode')
  return name
}

/** Normalizes a description for storage: NFC, at most 1,000 characters; null if blank. Adds an issue if it is invalid. */
export const checkDescription = (
  issues: InputIssues,
  path: string,
  value: string | null | undefined,
): string | null => {
  const text = value?.normalize('NFC').trim() ?? ''
  if ([...text].length > LONGEST_DESCRIPTION) issues.add(path, `must have at most ${LONGEST_DESCRIPTION} characters`)
  if (INVISIBLE_EXCEPT_WHITESPACE.test(text)) issues.add(path, 'must not contain control characters')
  if (!text.isWellFormed()) issues.add(path, 'must be well-formed Unicode')
  return text === '' ? null : text
}

const SLUG = /^[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?$/

/** Validates a slug: 1 to 100 of a to z, 0 to 9 and inner hyphens. Adds an issue if it is invalid. */
export const checkSlug = (issues: InputIssues, path: string, value: string): string => {
  if (!SLUG.test(value))
    issues.add(path, 'must be 1 to 100 of a to z, 0 to 9 and hyphens, with no hyphen at either end')
  return value
}

/** Derives a slug from a name: its ASCII letters and digits in lower case, joined by hyphens; `fallback` if none remain. */
export const slugOf = (name: string, fallback: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 80)
    .replace(/^-|-$/g, '') || fallback

// Deliberately simple: receipt of the invitation proves the address, not its grammar.
const EMAIL = /^[^\s@<>"]{1,64}@[^\s@<>"]{1,250}$/

/** Normalizes an e-mail address for storage: trimmed, NFC, lower case. Adds an issue if it is invalid. */
export const checkEmail = (issues: InputIssues, path: string, value: string): string => {
  const email = value.normalize('NFC').trim().toLowerCase()
  if (!EMAIL.test(email) || INVISIBLE.test(email)) issues.add(path, 'must be an e-mail address')
  return email
}
