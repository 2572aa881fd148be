/** The search parameters of an address, as the router parses them: anything. */
export type RawSearch = Readonly<Record<string, unknown>>

/** A text parameter, or undefined. Text that looks like a number is parsed by the router and comes back as one. */
export const text = (search: RawSearch, name: string, maxLength = 200): string | undefined => {
  const value = search[name]
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return typeof value === 'string' && value !== '' && value.length <= maxLength ? value : undefined
}

/** @public One of the allowed values, or undefined. */
export const oneOf = <T extends string>(search: RawSearch, name: string, values: readonly T[]): T | undefined =>
  values.find((value) => value === search[name])

/** @public Those of a list parameter that are allowed; undefined for none. */
export const someOf = <T extends string>(search: RawSearch, name: string, values: readonly T[]): T[] | undefined => {
  const given = search[name]
  const list: readonly unknown[] = Array.isArray(given) ? given : [given]
  const found = values.filter((value) => list.includes(value))
  return found.length === 0 ? undefined : found
}

/** @public */
export const flag = (search: RawSearch, name: string): true | undefined => (search[name] === true ? true : undefined)

/** Drops what is undefined, so that it does not appear in the address. */
export const defined = <T extends object>(search: T): { [Name in keyof T]?: NonNullable<T[Name]> } =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]?: NonNullable<T[Name]>
  }
