import type { z } from 'zod'
import { failed } from '../command-error.ts'

const TIMEOUT_MS = 30_000

/** Reads one of the public documents of a server. Throws CommandError (1) for an invalid document. */
export const fetchDocument = async <T>(server: string, path: string, schema: z.ZodType<T>): Promise<T> => {
  const response = await fetch(`${server}${path}`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
  const document = schema.safeParse(await response.json().catch(() => null))
  if (!response.ok || !document.success) throw failed(`${server}${path} is not what a Keyturn server answers with.`)
  return document.data
}
