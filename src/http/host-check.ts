import type { IncomingMessage } from 'node:http'

const isHost = (host: string): boolean => !/[/?#@\\]/.test(host) && URL.canParse(`http://${host}`)

/** Validates Host headers, which become part of request URLs. An absent header is allowed (HTTP/1.0). */
export const hostCheck = (): ((host: string | undefined) => boolean) => {
  // Caches the last valid value: nearly all requests have the same one.
  let lastValid: string | undefined
  return (host) => {
    if (host === undefined || host === lastValid) return true
    if (!isHost(host)) return false
    lastValid = host
    return true
  }
}

/** Whether the Origin header, if present, is this server or an allowed origin. */
export const originPolicy =
  (allowed: readonly string[]): ((request: IncomingMessage) => boolean) =>
  ({ headers: { origin, host } }) => {
    if (origin === undefined || allowed.includes(origin)) return true
    return URL.canParse(origin) && new URL(origin).host === host
  }
