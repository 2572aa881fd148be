import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

const coloured = process.stdout.isTTY === true && process.stdout.hasColors()

/** Text in a colour, where it goes to a terminal that has some. */
export const paint = (style: Style, text: string): string => (coloured ? styleText(style, text) : text)

const LABEL_WIDTH = 22

let steps = 0

/** Begins a step of the story. */
export const step = (title: string): void => {
  steps += 1
  process.stdout.write(`\n${paint('bold', `${steps}. ${title}`)}\n`)
}

/** Something that was shown to be so. */
export const show = (label: string, text: string): void => {
  process.stdout.write(`   ${paint('cyan', label.padEnd(LABEL_WIDTH))} ${text}\n`)
}

export const say = (text: string): void => {
  process.stdout.write(`   ${text}\n`)
}

/** Breaks the story off: the service did not do what it says. */
export class DemoFailure extends Error {}

/** Throws where a step does not show what it should. */
export function must(condition: boolean, what: string): asserts condition {
  if (!condition) throw new DemoFailure(`This should have been so, and was not: ${what}`)
}
