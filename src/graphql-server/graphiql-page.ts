import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Representation, representation, sendRepresentation } from '../http/representations.ts'
import { PAGE_SECURITY_HEADERS } from '../http/security-headers.ts'
import { GRAPHIQL_TABS } from './graphiql-tabs.ts'

const OPTIONS = {
  title: 'Keyturn',
  defaultTabs: [...GRAPHIQL_TABS],
  // Server-sent events send the authorization of the header editor. A browser's WebSocket cannot send headers.
  subscriptionsProtocol: 'SSE' as const,
  // The headers contain a credential, which must not stay in the browser's storage.
  shouldPersistHeaders: false,
  // Lets a person who is signed in at the console use that session here, without pasting a secret.
  additionalHeaders: { 'x-keyturn-console': '1' },
}

// GraphiQL is one page with its scripts, styles and workers inlined.
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline'",
  "style-src 'unsafe-inline'",
  'font-src data:',
  'img-src data:',
  'worker-src blob:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Qualities above 5 take many seconds and save a few percent. */
const BROTLI_QUALITY = 5

/** Whether a browser requests a page, not an operation. */
export const wantsPage = ({ method, headers }: FastifyRequest): boolean =>
  (method === 'GET' || method === 'HEAD') && (headers.accept?.includes('text/html') ?? false)

/** GraphiQL's page: nine megabytes that are rendered and compressed once, at the first request. */
export class GraphiQLPage {
  private representations: Promise<readonly Representation[]> | null = null

  async answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    this.representations ??= render()
    reply.headers({ ...PAGE_SECURITY_HEADERS, 'cache-control': 'no-cache', 'content-security-policy': PAGE_POLICY })
    return sendRepresentation(request, reply, 'text/html; charset=utf-8', await this.representations)
  }
}

/** All representations of the page, the smallest first. */
const render = async (): Promise<readonly Representation[]> => {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
  const page = Buffer.from(await renderGraphiQL(OPTIONS))
  const [small, smaller] = await Promise.all([
    promisify(gzip)(page),
    promisify(brotliCompress)(page, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
  ])
  return [representation('br', smaller), representation('gzip', small), representation(null, page)]
}
