/** Reads a CEF line as a receiver does: seven fields of the header, then `name=value` pairs with their escapes undone. */
export const parseCef = (line: string) => {
  const fields = [...line.matchAll(/((?:\\.|[^\\|])*)\|/gs)].slice(0, 7)
  const header = fields.map(([, field = '']) => field.replace(/\\(.)/gs, '$1'))
  const rest = line.slice(fields.reduce((length, [whole]) => length + whole.length, 0))
  const extension: Record<string, string> = {}
  const pairs = rest.matchAll(/(\w+)=((?:\\.|[^\\=])*?)(?=\s\w+=|$)/gs)
  for (const [, name = '', value = ''] of pairs)
    extension[name] = value.replace(/\\(.)/gs, (_, escaped) => ({ n: '\n', r: '\r' })[escaped as string] ?? escaped)
  return { header, extension }
}
