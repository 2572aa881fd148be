import { conflict } from '../kernel/errors.ts'

/**
 * The slug for a new object: the requested one, or else the default with a number appended if it is taken. Throws CONFLICT if
 * the requested slug is taken.
 */
export const freeSlug = async (
  requested: string | null,
  fallback: string,
  isTaken: (slug: string) => Promise<boolean>,
): Promise<string> => {
  if (requested !== null) {
    if (await isTaken(requested)) throw conflict(`The slug ${requested} is already taken: choose another.`)
    return requested
  }
  for (let number = 1; ; number += 1) {
    const slug = number === 1 ? fallback : `${fallback}-${number}`
    if (!(await isTaken(slug))) return slug
  }
}
