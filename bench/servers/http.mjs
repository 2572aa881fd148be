// What the bare servers share: node:http and nothing else.

import { hash } from 'node:crypto'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'

/** What the benchmark passes to this server. */
export const input = async () => JSON.parse(await text(process.stdin))

/** @param {(request: import('node:http').IncomingMessage, body: string) => unknown} answer */
export const serve = (answer, headers = {}) => {
  const server = createServer((request, response) => {
    const parts = []
    request.on('data', (part) => parts.push(part))
    request.on('end', async () => {
      const body = parts.length === 1 ? parts[0].toString() : Buffer.concat(parts).toString()
      const json = JSON.stringify(await answer(request, body))
      response.writeHead(200, {
        'content-type': 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(json),
        ...headers,
      })
      response.end(json)
    })
  })
  listen(server)
}

/** @param {import('node:http').Server} server */
export const listen = (server) => {
  server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`))
}

/** Responses with secrets or tokens must not be stored (RFC 6749 section 5.1). */
export const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache' }

export const sha256 = (text) => hash('sha256', text, 'hex')
