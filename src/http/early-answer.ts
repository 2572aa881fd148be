import type { IncomingMessage } from 'node:http'

/** What is read of a body whose request was answered already, before its connection is cut. */
const MOST_BYTES = 64 * 1024 * 1024
const MOST_MS = 10_000
const CHECK_INTERVAL_MS = 100

/**
 * Lets a client read an answer that was given before all of its body was read. To close a connection on which bytes are
 * unread resets it (RFC 9112 section 9.6), and the client may lose the answer. Our side is closed instead, and the rest of
 * the body is read and dropped, up to 64 MiB and for ten seconds. The answer must say `connection: close`.
 */
export const drainAfterAnswer = (request: IncomingMessage): void => {
  const { socket } = request
  // Node calls this when the answer has been written and its connection is not kept.
  socket.destroySoon = () => {
    const mostRead = socket.bytesRead + MOST_BYTES
    const until = performance.now() + MOST_MS
    const timer = setInterval(() => {
      if (socket.bytesRead > mostRead || performance.now() > until) socket.destroy()
    }, CHECK_INTERVAL_MS).unref()
    socket.once('close', () => clearInterval(timer))
    socket.end()
    request.resume()
  }
}
