import type { ServerResponse } from 'node:http'
import type { ConnectionGuard } from '../http/connection-guard.ts'
import { CLOSE_CODES } from '../live/close-codes.ts'
import type { HttpStream } from './http-context.ts'

/** Time that a client has to read the end of its stream before the connection is cut. */
const DRAIN_TIMEOUT_MS = 2_000

export const streamOf = (raw: ServerResponse, guard: ConnectionGuard): HttpStream => ({
  exempt: () => (raw.socket === null ? () => undefined : guard.exempt(raw.socket)),
  end: (code) => {
    // A stream that a restart interrupts must not look complete, or its client would not reconnect.
    if (code === CLOSE_CODES.restart) return void raw.destroy()
    setTimeout(() => {
      if (!raw.writableFinished) raw.destroy()
    }, DRAIN_TIMEOUT_MS).unref()
  },
  onGone: (callback) => {
    if (raw.destroyed) callback()
    else raw.once('close', callback)
    return () => raw.off('close', callback)
  },
})
