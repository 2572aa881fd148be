import type { WriteStream } from 'node:tty'

/** Codes of ECMA-48, "select graphic rendition": on, and off again. */
const STYLES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
} as const
export type Style = keyof typeof STYLES

/** Puts a style around a harmless text. */
export type Paint = (style: Style, text: string) => string

const plain: Paint = (_, text) => text

const coloured: Paint = (style, text) => {
  const [on, off] = STYLES[style]
  return `\u001b[${on}m${text}\u001b[${off}m`
}

/** Whether to use colours: the stream is a terminal with colours, and the user has not disabled them. */
export const paintFor = (stream: WriteStream | NodeJS.WriteStream, noColor: boolean): Paint =>
  !noColor && stream.isTTY === true && stream.hasColors() ? coloured : plain
