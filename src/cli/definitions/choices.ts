import { InvalidArgumentError, Option } from 'commander'

/** A word of the command line for a value of the API: `no-longer-needed` for `NO_LONGER_NEEDED`. */
const wordOf = (value: string): string => value.toLowerCase().replaceAll(/[_.]/g, '-')

const parse = <Value extends string>(values: readonly Value[], text: string): Value => {
  const value = values.find((each) => wordOf(each) === wordOf(text))
  if (value === undefined) throw new InvalidArgumentError(`Choose from: ${values.map(wordOf).join(', ')}.`)
  return value
}

/** An option with one of the values of the API. */
export const choiceOption = (flags: string, description: string, values: readonly string[]): Option =>
  new Option(flags, description).choices(values.map(wordOf)).argParser((text) => parse(values, text))

/** The same, for several values: repeated, or separated by commas. */
export const choicesOption = (flags: string, description: string, values: readonly string[]): Option =>
  new Option(flags, description)
    .choices(values.map(wordOf))
    .argParser((text, before: readonly string[] = []) => [
      ...before,
      ...text.split(',').map((each) => parse(values, each)),
    ])
