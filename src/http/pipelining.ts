import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { NO_STORE } from './form.ts'

/** Requests of a connection that may be unanswered at a time. Clients that pipeline send far fewer (RFC 9112 section 9.3.2). */
export const MAX_PIPELINED_REQUESTS = 64

/** Counts the unanswered requests of each connection. */
export class UnansweredRequests {
  private readonly counts = new WeakMap<Socket, number>()

  of(socket: Socket): number {
    return this.counts.get(socket) ?? 0
  }

  /** Counts a request; `ended` must be called when its response closes. Returns the number with this one. */
  begun(socket: Socket): number {
    const count = this.of(socket) + 1
    this.counts.set(socket, count)
    return count
  }

  ended(socket: Socket): void {
    this.counts.set(socket, this.of(socket) - 1)
  }
}

/**
 * Limits the unanswered requests of each connection. Node.js executes every pipelined request as it is parsed, so that one
 * connection could cause unbounded work. The first request beyond the limit is answered with 429, and the connection closed.
 */
export const limitPipelining = (server: FastifyInstance, unanswered: UnansweredRequests): void => {
  server.addHook('onRequest', (request, reply, done) => {
    const { socket } = request.raw
    const count = unanswered.begun(socket)
    reply.raw.once('close', () => unanswered.ended(socket))
    if (count <= MAX_PIPELINED_REQUESTS) return done()
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
