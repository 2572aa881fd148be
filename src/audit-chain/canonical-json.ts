export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [name: string]: JsonValue }
export type JsonObject = { readonly [name: string]: JsonValue }

/**
 * The canonical form of a JSON value (RFC 8785): no white space, names in the order of their UTF-16 code units, strings and
 * numbers as ECMAScript writes them. Throws if the value has no such form: a number that is not finite, or text with a lone
 * surrogate.
 */
export const canonicalJson = (value: JsonValue): string => {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new TypeError('Text with a lone surrogate has no canonical JSON form.')
    return JSON.stringify(value)
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${value} has no canonical JSON form.`)
    return JSON.stringify(value)
  }
  if (value === null || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const object = value as JsonObject
  const members = Object.keys(object)
    .sort()
    .map((name) => `${canonicalJson(name)}:${canonicalJson(object[name] as JsonValue)}`)
  return `{${members.join(',')}}`
}
