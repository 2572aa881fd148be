import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

const coloured = process.stdout.isTTY === true && process.stdout.hasColors()

/** Styles a text if the output is a terminal with colours. */
export const paint = (style: Style, text: string): string => (coloured ? styleText(style, text) : text)

const LABEL_WIDTH = 22

let steps = 0

/** Prints the title of the next step. */
export const step = (title: string): void => {
  steps += 1
  process.stdout.write(`\n${paint('bold', `${steps}. ${title}`)}\n`)
}

/** Prints a labelled result. */
export const show = (label: string, text: string): void => {
  process.stdout.write(`   ${paint('cyan', label.padEnd(LABEL_WIDTH))} ${text}\n`)
}

/** Prints a line. */
export const say = (text: string): void => {
  process.stdout.write(`   ${text}\n`)
}

/** Ends the demo: the service did not behave as documented. */
export class DemoFailure extends Error {}

/** Throws DemoFailure if a step does not have the expected result. */
export function must(condition: boolean, what: string): asserts condition {
  if (!condition) throw new DemoFailure(`Expected, but not so: ${what}`)
}

/** Pause between the steps, so that a person can read along. */
export const PAUSE_MS = 600

export const clockOf = (instant: string | Date): string => new Date(instant).toISOString().slice(11, 23)
