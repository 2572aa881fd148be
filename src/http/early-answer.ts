import type { IncomingMessage } from 'node:http'

/** Limits for reading the rest of a body after the response, before the connection is closed. */
const MAX_BYTES = 64 * 1024 * 1024
const MAX_MS = 10_000
const CHECK_INTERVAL_MS = 100

/**
 * Lets a client read a response that was sent before the whole body was read. Closing a connection with unread bytes resets
 * it, and the client may lose the response (RFC 9112 section 9.6). Instead this closes the write side, and reads and drops
 * the rest of the body, up to 64 MiB and 10 seconds. The response must have `connection: close`.
 */
export const drainAfterAnswer = (request: IncomingMessage): void => {
  const { socket } = request
  // Node.js calls this when the response has been written and the connection is not kept alive.
  socket.destroySoon = () => {
    const maxRead = socket.bytesRead + MAX_BYTES
    const until = performance.now() + MAX_MS
    const timer = setInterval(() => {
      if (socket.bytesRead > maxRead || performance.now() > until) socket.destroy()
    }, CHECK_INTERVAL_MS).unref()
    socket.once('close', () => clearInterval(timer))
    socket.end()
    request.resume()
  }
}
