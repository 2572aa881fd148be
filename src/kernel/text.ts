import type { InputIssues } from './errors.ts'

const LONGEST_NAME = 100
const LONGEST_DESCRIPTION = 1_000

// Controls, and the marks that reorder, hide or break text: a name must be what it looks like.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u
const UNSEEN_BUT_LINES = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/** A name as it is kept: trimmed, NFC, 1 to 100 characters, on one line. Adds an issue where it cannot be one. */
export const checkName = (issues: InputIssues, path: string, value: string, longest = LONGEST_NAME): string => {
  const name = value.normalize('NFC').trim()
  if (name === '') issues.add(path, 'must not be empty')
  else if ([...name].length > longest) issues.add(path, `must have at most ${longest} characters`)
  if (UNSEEN.test(name)) issues.add(path, 'must not contain control characters or invisible marks')
  if (!name.isWellFormed()) issues.add(path, 'must be well-formed Unicode')
  return name
}

/** A text as it is kept: NFC, at most 1,000 characters, null where it is blank. */
export const checkDescription = (
  issues: InputIssues,
  path: string,
  value: string | null | undefined,
): string | null => {
  const text = value?.normalize('NFC').trim() ?? ''
  if ([...text].length > LONGEST_DESCRIPTION) issues.add(path, `must have at most ${LONGEST_DESCRIPTION} characters`)
  if (UNSEEN_BUT_LINES.test(text)) issues.add(path, 'must not contain control characters')
  if (!text.isWellFormed()) issues.add(path, 'must be well-formed Unicode')
  return text === '' ? null : text
}

const SLUG = /^[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?$/

/** A slug as it is kept: 1 to 100 of a to z, 0 to 9 and inner hyphens. */
export const checkSlug = (issues: InputIssues, path: string, value: string): string => {
  if (!SLUG.test(value))
    issues.add(path, 'must be 1 to 100 of a to z, 0 to 9 and hyphens, with no hyphen at either end')
  return value
}

/** A slug made from a name: its letters and digits in lower case, joined by hyphens; `fallback` where none are left. */
export const slugOf = (name: string, fallback: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 80)
    .replace(/^-|-$/g, '') || fallback

// Deliberately simple: the address is proved by whoever receives the invitation, not by its grammar.
const EMAIL = /^[^\s@<>"]{1,64}@[^\s@<>"]{1,250}$/

/** An e-mail address as it is kept, in lower case. */
export const checkEmail = (issues: InputIssues, path: string, value: string): string => {
  const email = value.normalize('NFC').trim().toLowerCase()
  if (!EMAIL.test(email) || UNSEEN.test(email)) issues.add(path, 'must be an e-mail address')
  return email
}
