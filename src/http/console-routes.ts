import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ConsoleFiles } from './console-files.ts'
import { sendRepresentation } from './representations.ts'
import { PAGE_SECURITY_HEADERS } from './security-headers.ts'

/** Not every browser takes 'self' for WebSockets, so they are named. */
const socketsAt = (host: string): string => (/^[\w.:[\]-]+$/.test(host) ? ` ws://${host} wss://${host}` : '')

/** The console runs no inline script or style, talks to its own origin alone, and is in no frame. */
const policyFor = ({ host }: FastifyRequest): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `connect-src 'self'${socketsAt(host)}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; ')

/** For a script that runs as a worker: it has a policy of its own, and asks the API alone. */
const WORKER_POLICY = "default-src 'none'; connect-src 'self'"

/** Their names contain the hash of their content. */
const FOREVER = 'public, max-age=31536000, immutable'

const NOT_BUILT =
  'The console is not built. Run `npm run build`, or `npm run dev` and open the address that it prints. KEYTURN_CONSOLE=off serves none.\n'

/**
 * Serves the console: its page at `/` and for every path below `/console/`, its hashed files below `/console/assets/`. The
 * session routes are not part of it.
 */
export const registerConsole = (server: FastifyInstance, files: ConsoleFiles | null): void => {
  const sendPage = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    reply.headers({
      ...PAGE_SECURITY_HEADERS,
      'content-security-policy': policyFor(request),
      'x-frame-options': 'DENY',
    })
    if (files === null) return reply.status(503).type('text/plain; charset=utf-8').send(NOT_BUILT)
    const { contentType, representations } = files.page
    return sendRepresentation(request, reply.header('cache-control', 'no-cache'), contentType, representations)
  }
  server.get('/', sendPage)
  server.get('/console', sendPage)
  server.get('/console/*', sendPage)
  server.get('/console/assets/*', async (request, reply) => {
    const { '*': name } = request.params as { '*': string }
    const asset = files?.assets.get(`assets/${name}`)
    if (asset === undefined) return reply.callNotFound()
    reply.headers({ ...PAGE_SECURITY_HEADERS, 'cache-control': FOREVER, 'content-security-policy': WORKER_POLICY })
    return sendRepresentation(request, reply, asset.contentType, asset.representations)
  })
}
