import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { NO_STORE } from './form.ts'

/** Requests of a connection that may be unanswered at a time. Clients that pipeline send far fewer (RFC 9112 section 9.3.2). */
export const MAX_PIPELINED_REQUESTS = 64

/** The number of unanswered requests of one connection. A request is counted until its response closes. */
interface Unanswered {
  count: number
}

/** Counts the unanswered requests of each connection. */
export class UnansweredRequests {
  private readonly counts = new WeakMap<Socket, Unanswered>()

  of(socket: Socket): Unanswered {
    const known = this.counts.get(socket)
    if (known !== undefined) return known
    const first = { count: 0 }
    this.counts.set(socket, first)
    return first
  }
}

/**
 * Limits the unanswered requests of each connection. Node.js executes every pipelined request as it is parsed, so that one
 * connection could cause unbounded work. The first request beyond the limit is answered with 429, and the connection closed.
 */
export const limitPipelining = (server: FastifyInstance, unanswered: UnansweredRequests): void => {
  server.addHook('onRequest', (request, reply, done) => {
    const { socket } = request.raw
    const ofSocket = unanswered.of(socket)
    ofSocket.count += 1
    reply.raw.once('close', () => {
      ofSocket.count -= 1
    })
    if (ofSocket.count <= MAX_PIPELINED_REQUESTS) return done()
    // Later requests are neither read nor answered: the connection ends with this answer.
    socket.pause()
    void reply
      .status(429)
      .headers({ ...NO_STORE, connection: 'close', 'retry-after': '1' })
      .send({
        error: 'rate_limited',
        error_description: `At most ${MAX_PIPELINED_REQUESTS} requests of a connection may be unanswered. Wait for answers before you send more.`,
      })
  })
}
