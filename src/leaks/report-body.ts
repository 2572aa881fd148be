import { z } from 'zod'
import { KeyturnError } from '../kernel/errors.ts'
import { mapInSlices } from '../kernel/in-slices.ts'

/** Largest body of a report, in bytes: 10,000 finds of 800 bytes. */
export const LARGEST_REPORT_BYTES = 8 * 1024 * 1024
/** Largest number of finds in a report. */
export const MOST_FINDS = 10_000

const LONGEST_TYPE = 256
/** Place and kind of a find are cut before they are stored; this only bounds what is parsed. */
const LONGEST_TEXT = 16_384

const text = z.string().max(LONGEST_TEXT).nullish()

/** An element of GitHub's report. */
export const githubFind = z.object({
  token: z.string(),
  type: z.string().max(LONGEST_TYPE),
  url: text,
  source: text,
})

/** An element of GitLab's report. */
export const gitlabFind = z.object({ token: z.string(), type: z.string().nullish(), location: text })

const malformed = (what: string) => new KeyturnError('BAD_USER_INPUT', what)

/** Parses the array of finds in the body of a report. Throws BAD_USER_INPUT without any text of the body, and LIMIT_REACHED. */
export const parseFinds = async <Shape extends z.ZodType>(body: unknown, shape: Shape): Promise<z.infer<Shape>[]> => {
  const list = parseJson(body)
  if (!Array.isArray(list)) throw malformed('The body must be a JSON array of finds.')
  if (list.length > MOST_FINDS)
    throw new KeyturnError('LIMIT_REACHED', `A report has at most ${MOST_FINDS} finds: send it in parts.`)
  return mapInSlices(list, (item: unknown, index) => {
    // One by one: the list of issues of a hostile array would be larger than the array.
    const parsed = shape.safeParse(item)
    if (parsed.success) return parsed.data
    const [issue] = parsed.error.issues
    throw malformed(`${[index, ...(issue?.path ?? [])].join('.')}: is missing, too long or of the wrong type.`)
  })
}

/** The message of a SyntaxError quotes the body, in which there are secrets. */
const parseJson = (body: unknown): unknown => {
  try {
    return Buffer.isBuffer(body) ? JSON.parse(body.toString('utf8')) : null
  } catch {
    throw malformed('The body must be JSON.')
  }
}
