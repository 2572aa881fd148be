// Control characters (ANSI escapes among them), invisible and bidirectional marks, line separators, half characters.
const DANGEROUS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu
const WHITE_SPACE = /[\t\n\r]+/g
/** More marks on one letter than any language needs draw over the neighbouring lines. */
const STACKED_MARKS = /(\p{M}{4})\p{M}+/gu

const codeOf = (character: string): string => character.codePointAt(0)?.toString(16) ?? ''

/**
 * Escapes untrusted text for a terminal: one line, in which every character that could move the cursor, change colours, or
 * hide or reorder text is shown as its code, such as `\u{1b}`.
 */
export const harmless = (text: string): string =>
  text
    .replace(WHITE_SPACE, ' ')
    .replace(DANGEROUS, (character) => `\\u{${codeOf(character)}}`)
    .replace(STACKED_MARKS, '$1')

const escaped = (text: string): string =>
  text
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')

/** JSON on one line, of the same value, that is harmless on a terminal too. */
export const harmlessJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu, escaped)
