/** A media type of a complete response. */
export type ResponseType = 'application/json' | 'application/graphql-response+json'

const matchOf = (asked: string): ResponseType | null => {
  switch (asked) {
    case '*/*':
    case 'application/*':
    case 'application/json':
      return 'application/json'
    case 'application/graphql-response+json':
      return asked
    default:
      return null
  }
}

const UTF_8 = 'charset=utf-8'

/**
 * The media type of a response to a request with this Accept header, as Yoga chooses it: of what the client lists, the first
 * that a complete response can have. Null if Yoga must decide.
 */
export const acceptedType = (accept: string | undefined): ResponseType | null => {
  if (accept === undefined || accept === '') return 'application/json'
  for (const range of accept.replace(/\s/g, '').toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';')
    if ((parameters.find((parameter) => parameter.includes('charset=')) ?? UTF_8) !== UTF_8) continue
    const match = matchOf(type)
    if (match !== null) return match
  }
  return null
}
