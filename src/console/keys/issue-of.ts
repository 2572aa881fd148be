import type { ConsoleError } from '../data/console-error.ts'

/** What the server said about a field of the input; undefined where it said nothing. */
export const issueOf = (error: ConsoleError | null, field: string): string | undefined => {
  const issue = error?.issues?.find(({ path }) => path === field || path.startsWith(`${field}.`))
  return issue && `${issue.message.charAt(0).toUpperCase()}${issue.message.slice(1)}.`
}
