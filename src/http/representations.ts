import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** An encoded form of a page or file. All responses share the bytes. */
export interface Representation {
  readonly encoding: 'br' | 'gzip' | null
  readonly body: Buffer
  readonly etag: string
}

export const representation = (encoding: Representation['encoding'], body: Buffer): Representation => ({
  encoding,
  body,
  etag: `"${createHash('sha256').update(body).digest('base64url')}"`,
})

/** Whether a request's Accept-Encoding takes an encoding (RFC 9110 section 12.5.3). */
const accepts = (header: string, encoding: string): boolean => {
  const given = header
    .toLowerCase()
    .split(',')
    .map((part) => part.replaceAll(/\s/g, ''))
  const named = (name: string) => given.find((part) => part === name || part.startsWith(`${name};`))
  const found = named(encoding) ?? named('*')
  return found !== undefined && !/;q=0(?:\.0*)?$/.test(found)
}

/** Whether an If-None-Match names the tag (RFC 9110 section 13.1.2: weak comparison). */
const names = (header: string | undefined, etag: string): boolean =>
  (header ?? '')
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''))
    .some((tag) => tag === etag || tag === '*')

/**
 * Answers with the first representation that the client accepts, or 304 if it has that already. One without an encoding must
 * be among them.
 */
export const sendRepresentation = (
  { headers }: FastifyRequest,
  reply: FastifyReply,
  contentType: string,
  representations: readonly Representation[],
): FastifyReply => {
  const accepted = headers['accept-encoding'] ?? ''
  const chosen = representations.find(({ encoding }) => encoding === null || accepts(accepted, encoding))
  if (chosen === undefined) throw new Error('A page has no form without an encoding.')
  const { encoding, body, etag } = chosen
  reply.headers({ vary: 'accept-encoding', etag })
  if (names(headers['if-none-match'], etag)) return reply.status(304).send()
  if (encoding !== null) reply.header('content-encoding', encoding)
  return reply.type(contentType).send(body)
}
