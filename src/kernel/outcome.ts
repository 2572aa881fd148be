import { KeyturnError } from './errors.ts'

/** The result of one of several pieces of work that are done together, or the error that it failed with. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: KeyturnError }

export const succeeded = <T>(value: T): Outcome<T> => ({ ok: true, value })

/** Runs one piece of work. An expected failure becomes its outcome. Throws anything else. */
export const attempt = <T>(work: () => T): Outcome<T> => {
  try {
    return succeeded(work())
  } catch (error) {
    if (error instanceof KeyturnError) return { ok: false, error }
    throw error
  }
}
